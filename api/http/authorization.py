"""Who may write: bearer tokens (RFC 6750), in the header field Authorization and nowhere else.

Owns how a request is authenticated, once, and what its token permits. Tokens themselves are ``kg.access``'s.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from math import inf

from starlette.requests import Request

from api.http.access_log import note_principal, note_write
from api.services import Services
from kg.access.authenticator import Authenticator, Principal
from kg.access.scope import Operation
from kg.errors import (
    AccessDeniedError,
    AccessReason,
    ConflictKgError,
    InsufficientScopeError,
    InvalidTokenError,
    RateLimitError,
)
from kg.journal.record import Provenance

_SCHEME = "bearer"
_REALM = 'Bearer realm="conflict-kg"'
_AUTHENTICATION = "authentication"
_SHOWN_GRAPHS, _MAX_GRAPHS = 3, 100
_SCOPE_TOKEN = re.compile(r"[!#-\[\]-~]+")
"""What the attribute ``scope`` may list (RFC 6750, section 3)."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request that may ask for this operation; which graphs it may change is still to be seen."""

    principal: Principal
    operation: Operation
    authenticator: Authenticator

    @property
    def timeout_s(self) -> float | None:
        """How long the write may take: infinity for the owner of the data, else None for the limit of the settings."""
        return inf if self.principal.is_owner else None

    def create_provenance(self, operation: str) -> Provenance:
        """Who writes, as the journal records it, and what."""
        return Provenance(agent=self.principal.name, operation=operation)

    def check_graphs(self, graphs: Collection[str]) -> None:
        """Raise InsufficientScopeError unless all of these may be changed; an empty name is the default graph."""
        outside = [graph or "the default graph" for graph in self.principal.scope.list_outside(graphs)]
        if outside:
            more = f" and {len(outside) - _SHOWN_GRAPHS} more" if len(outside) > _SHOWN_GRAPHS else ""
            listed = ", ".join(outside[:_SHOWN_GRAPHS])
            message = f"the token of {self.principal.name} may not change {listed}{more}; nothing was changed"
            raise InsufficientScopeError(AccessReason.GRAPH, message, self.operation, outside[:_MAX_GRAPHS])

    def permit(self, graphs: Collection[str]) -> None:
        """The same for the graphs that the write changes, just before; the token must still be valid then.

        Raises InvalidTokenError, InsufficientScopeError or TokenFileError.
        """
        self.authenticator.check_current(self.principal)
        self.check_graphs(graphs)


def authorize(request: Request, services: Services, operation: Operation) -> Authorization:
    """The authorization of a write. Raises InvalidTokenError, InsufficientScopeError, RateLimitError or TokenFileError.

    Counts the write for the limit of its token.
    """
    principal = authenticate_write(request, services, operation)
    if not principal.is_owner and (wait_s := services.access.write_limit.take(principal.token_id or principal.name)):
        raise RateLimitError(AccessReason.WRITES, "writes by this token", wait_s)
    if not principal.scope.allows(operation):
        permitted = ", ".join(sorted(principal.scope.operations))
        message = f"the token of {principal.name} is for {permitted}, and not for {operation}; nothing was changed"
        raise InsufficientScopeError(AccessReason.OPERATION, message, operation)
    return Authorization(principal, operation, services.access.authenticator)


def authenticate_write(request: Request, services: Services, operation: Operation) -> Principal:
    """Who asks for this operation. Raises what ``authenticate`` raises."""
    note_write(request.scope, operation)
    return authenticate(request, services)


def authenticate(request: Request, services: Services) -> Principal:
    """Who sends the request; compared once. Raises InvalidTokenError, RateLimitError or TokenFileError."""
    scope = request.scope
    if _AUTHENTICATION not in scope:
        try:
            client = scope.get("client_key", "")
            scope[_AUTHENTICATION] = services.access.authenticator.authenticate(_bearer_token(request), client)
        except ConflictKgError as error:
            scope[_AUTHENTICATION] = error
    found = scope[_AUTHENTICATION]
    if isinstance(found, ConflictKgError):
        raise found
    assert isinstance(found, Principal)
    note_principal(scope, found.name, found.token_id)
    return found


def has_valid_token(request: Request, services: Services) -> bool:
    """Whether the request has a token with which something may be written."""
    if not _bearer_token(request):
        return False
    try:
        authenticate(request, services)
    except ConflictKgError:
        return False
    return True


def is_from_owner(request: Request, services: Services) -> bool:
    """Whether the request has the token of the command line: who has it can read the data directory."""
    return has_valid_token(request, services) and authenticate(request, services).is_owner


def require_owner(request: Request, services: Services, purpose: str) -> None:
    """Raise AccessDeniedError unless ``is_from_owner``."""
    note_write(request.scope, purpose)
    if not authenticate(request, services).is_owner:
        raise AccessDeniedError(AccessReason.OWNER, f"only the command line of this machine may make a {purpose}")


def challenge_of(error: AccessDeniedError) -> str:
    """The value of WWW-Authenticate (RFC 6750, section 3); empty where another token would not help."""
    if isinstance(error, InvalidTokenError):
        # Section 3.1: a request without a token is told no error.
        return _REALM if error.reason is AccessReason.NO_TOKEN else f'{_REALM}, error="invalid_token"'
    if isinstance(error, InsufficientScopeError):
        named = [graph for graph in error.graphs[:_SHOWN_GRAPHS] if _SCOPE_TOKEN.fullmatch(graph)]
        return f'{_REALM}, error="insufficient_scope", scope="{" ".join([error.operation, *named])}"'
    return ""


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == _SCHEME else ""

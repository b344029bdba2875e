"""Who may write: bearer tokens (RFC 6750)."""

from math import inf

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.services import Services
from kg.journal.record import Provenance

_SCHEME = "bearer"


def require_token(request: Request, services: Services, purpose: str) -> None:
    """Raises HTTPException 401 unless the request has a token that may write; ``purpose`` is for its message."""
    if not (token := _bearer_token(request)):
        reason = f"{purpose} needs a token: Authorization: Bearer ..."
        raise HTTPException(401, reason, {"WWW-Authenticate": "Bearer"})
    if not services.may_write(token):
        raise HTTPException(401, "this token may not write", {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def provenance_of(request: Request, services: Services, operation: str) -> Provenance:
    """Who writes, as the journal records it, and what; for a request whose token may write."""
    agent = "command line" if is_owner(request, services) else "write token"
    return Provenance(agent=agent, operation=operation)


def has_valid_token(request: Request, services: Services) -> bool:
    """Whether the request has a token that may write."""
    return bool(token := _bearer_token(request)) and services.may_write(token)


def time_limit(request: Request, services: Services) -> float | None:
    """How long a write may take: infinity for the owner of the data, else None for the limit of the settings."""
    return inf if is_owner(request, services) else None


def is_owner(request: Request, services: Services) -> bool:
    """Whether the token of the request is that of the command line: whoever sends it can read the data directory."""
    return services.is_owner(_bearer_token(request))


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == _SCHEME else ""

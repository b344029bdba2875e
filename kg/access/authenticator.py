"""Who the bearer of a token is. Owns the order in which a token is compared, and what is counted as a failure.

There are three kinds of tokens: that of the command line, in the data directory and new with each start of the server;
those of ``kg token``; and the one of ``KG_WRITE_TOKEN``, if the operator has set it. None of them has a default.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from kg.access.rate_limit import RateLimiter
from kg.access.scope import EVERYTHING, Scope
from kg.access.token import Token, TokenState, format_time, split_token
from kg.access.token_file import TokenFile
from kg.errors import AccessReason, InvalidTokenError, RateLimitError


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever sends a valid token."""

    name: str
    """As the journal names the agent."""
    scope: Scope
    token_id: str = ""
    """Of a token that ``kg token`` has made."""
    is_owner: bool = False
    """Whether it is the command line of this machine: whoever has its token can read the data directory."""


OWNER = Principal("command line", EVERYTHING, is_owner=True)
OPERATOR = Principal("write token", EVERYTHING)
"""Whoever has the token of ``KG_WRITE_TOKEN``."""
_REASONS = {TokenState.EXPIRED: AccessReason.EXPIRED, TokenState.REVOKED: AccessReason.REVOKED}


def _now() -> datetime:
    return datetime.now(UTC)


class Authenticator:
    """Compares tokens; for any thread."""

    def __init__(
        self,
        file: TokenFile,
        failures: RateLimiter,
        *,
        owner_token: str,
        operator_token: str = "",
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """``failures``: how many tokens that are not valid a client may send."""
        self.owner_token = owner_token
        """Written to the data directory for the command line of this machine; sent to no client."""
        self._file, self._failures, self._clock = file, failures, clock
        self._operator_token = operator_token

    def authenticate(self, text: str, client: str) -> Principal:
        """The bearer of this token. Raises InvalidTokenError, RateLimitError after too many, or TokenFileError.

        A token of 256 random bits is compared whatever the client has sent before, so that nobody can lock out
        others. That of ``KG_WRITE_TOKEN`` may be one that can be guessed: it is not, while there are too many failures.
        """
        if not text:
            raise InvalidTokenError(AccessReason.NO_TOKEN, "send a token: Authorization: Bearer ...")
        if _is_same(text, self.owner_token):
            return OWNER
        wait_s = self._failures.wait(client)
        is_operator = bool(self._operator_token) and _is_same(text, self._operator_token)
        if is_operator and not wait_s:
            return OPERATOR
        try:
            return self._find(text)
        except InvalidTokenError as error:
            if wait_s := wait_s or self._failures.take(client):
                what = "tokens that are not valid"
                raise RateLimitError(AccessReason.FAILURES, what, wait_s, error.token, error.token_id) from None
            raise

    def check_current(self, principal: Principal) -> None:
        """Raise InvalidTokenError if the token has expired or was revoked since. Raises TokenFileError."""
        if principal.token_id:
            _check_state(self._file.find(principal.token_id), self._clock())

    def _find(self, text: str) -> Principal:
        """The bearer of a token of the file. Raises InvalidTokenError or TokenFileError."""
        parts = split_token(text)
        if parts is None:
            raise InvalidTokenError(AccessReason.UNKNOWN, "this token is not known here")
        id_, secret = parts
        token = self._file.find(id_)
        if token is None:
            raise InvalidTokenError(AccessReason.UNKNOWN, "this token is not known here")
        if not token.admits(secret):
            raise InvalidTokenError(AccessReason.UNKNOWN, "this token is not known here", token_id=id_)
        _check_state(token, self._clock())
        return Principal(token.name, token.scope, token.id)


def _check_state(token: Token | None, now: datetime) -> None:
    """Raise InvalidTokenError unless the token, whose bearer has its secret, admits at this time."""
    if token is None:
        raise InvalidTokenError(AccessReason.REVOKED, "this token is no longer known here")
    if (state := token.state(now)) in _REASONS:
        ended = token.expires if state is TokenState.EXPIRED else token.revoked
        what = "expired" if state is TokenState.EXPIRED else "was revoked"
        reason = f"this token {what} at {format_time(ended or now)}; ask for another one"
        raise InvalidTokenError(_REASONS[state], reason, token.name, token.id)


def _is_same(text: str, secret: str) -> bool:
    """Compares digests, in constant time: not even the length of the secret can be told."""
    digests = (sha256(value.encode(errors="surrogatepass")).digest() for value in (text, secret))
    return hmac.compare_digest(*digests)

"""An access token: a random secret that its bearer sends, and what is kept of it.

    ckg_<id: 12 hexadecimal digits>_<secret: 64 hexadecimal digits>

The prefix lets scanners of repositories recognize a token that was committed by mistake. The id finds the token; the
secret alone admits, and only its SHA-256 is kept. A slow hash with salt, as for passwords, would protect nothing here:
it makes guessing what people choose expensive, and nobody guesses one of 2^256 random secrets at any speed.
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from kg.access.scope import Operation, Scope

_ID_BYTES, _SECRET_BYTES = 6, 32
_TEXT = re.compile(r"ckg_([0-9a-f]{12})_([0-9a-f]{64})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class TokenState(StrEnum):
    """Whether a token admits."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of a token."""

    id: str
    name: str
    """Of the person or program that writes with it; the journal names it as the agent."""
    digest: str
    """The SHA-256 of the secret, in hexadecimal digits."""
    scope: Scope
    created: datetime
    expires: datetime
    revoked: datetime | None = None

    def admits(self, secret: str) -> bool:
        """Whether this is the secret of the token; compared in constant time."""
        return hmac.compare_digest(bytes.fromhex(self.digest), sha256(secret.encode()).digest())

    def state(self, now: datetime) -> TokenState:
        """Whether it admits at this time."""
        if self.revoked is not None:
            return TokenState.REVOKED
        return TokenState.ACTIVE if now < self.expires else TokenState.EXPIRED

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> Self:
        """The token from its members as JSON has them. Raises KeyError, TypeError or ValueError."""
        if not _DIGEST.fullmatch(members["sha256"]):
            raise ValueError("sha256 is no SHA-256")
        operations = frozenset(map(Operation, members["operations"]))
        return cls(
            id=str(members["id"]),
            name=str(members["name"]),
            digest=members["sha256"],
            scope=Scope(operations, tuple(map(str, members["graphs"]))),
            created=_parse_time(members["created"]),
            expires=_parse_time(members["expires"]),
            revoked=_parse_time(members["revoked"]) if members["revoked"] is not None else None,
        )

    def members(self) -> dict[str, Any]:
        """The token as JSON values, with the digest."""
        return {"sha256": self.digest, **self.public_members()}

    def public_members(self) -> dict[str, Any]:
        """The same without the digest: what may be shown."""
        return {
            "id": self.id,
            "name": self.name,
            "operations": sorted(self.scope.operations),
            "graphs": list(self.scope.graphs),
            "created": format_time(self.created),
            "expires": format_time(self.expires),
            "revoked": format_time(self.revoked) if self.revoked else None,
        }


def create_token(name: str, scope: Scope, created: datetime, expires: datetime) -> tuple[Token, str]:
    """A new token, and its text, which is kept nowhere."""
    id_, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
    digest = sha256(secret.encode()).hexdigest()
    token = Token(id=id_, name=name, digest=digest, scope=scope, created=created, expires=expires)
    return token, f"ckg_{id_}_{secret}"


def split_token(text: str) -> tuple[str, str] | None:
    """The id and the secret in the text of a token; None for any other text."""
    match = _TEXT.fullmatch(text)
    return (match[1], match[2]) if match else None


def format_time(time: datetime) -> str:
    """The time in UTC, as ISO 8601 writes it."""
    return time.astimezone(UTC).strftime(_FORMAT)


def _parse_time(text: str) -> datetime:
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)

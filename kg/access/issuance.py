"""Makes and revokes tokens. Owns the rules on their names, and how an expiry is written."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from kg.access.scope import Scope
from kg.access.token import Token, TokenState, create_token
from kg.access.token_file import TokenFile
from kg.errors import BadParameterError, UnknownNameError

DEFAULT_EXPIRY = "90d"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_DURATION = re.compile(r"([0-9]{1,5})([hd])")
_UNITS = {"h": "hours", "d": "days"}
_RESERVED = "conflict-kg"
"""The agent of what the program itself commits. Those with a space in them cannot be taken either."""


def make_token(file: TokenFile, name: str, scope: Scope, expires: datetime, now: datetime) -> tuple[Token, str]:
    """A new token in the file, and its text. Raises BadParameterError for a name in use, or TokenFileError."""
    if not _NAME.fullmatch(name) or name == _RESERVED:
        what = "is reserved" if name == _RESERVED else "is not 1 to 64 letters, digits and . _ @ -, without a space"
        raise BadParameterError("name", f"{name!r} {what}")
    token, text = create_token(name, scope, now.replace(microsecond=0), expires)

    def add(tokens: Sequence[Token]) -> Sequence[Token]:
        for other in tokens:
            if other.name == name and other.state(now) is TokenState.ACTIVE:
                reason = f"{name!r} is the name of token {other.id}; revoke that one first, or take another name"
                raise BadParameterError("name", reason)
        return [*tokens, token]

    file.change(add)
    return token, text


def revoke_token(file: TokenFile, name_or_id: str, now: datetime) -> Token:
    """The token with this id, or the active one with this name, revoked.

    Raises UnknownNameError, with the names there are, or TokenFileError.
    """
    revoked: list[Token] = []

    def revoke(tokens: Sequence[Token]) -> Sequence[Token]:
        token = _find(tokens, name_or_id, now)
        revoked.append(token if token.revoked else replace(token, revoked=now.replace(microsecond=0)))
        return [revoked[-1] if other.id == token.id else other for other in tokens]

    file.change(revoke)
    return revoked[-1]


def _find(tokens: Sequence[Token], name_or_id: str, now: datetime) -> Token:
    active = [token for token in tokens if token.state(now) is TokenState.ACTIVE]
    for token in tokens:
        if token.id == name_or_id or (token in active and token.name == name_or_id):
            return token
    raise UnknownNameError("token", name_or_id, sorted(token.name for token in active))


def parse_expiry(text: str, now: datetime) -> datetime:
    """When a token expires: after so many hours or days (``12h``, ``90d``), or at the end of a day in UTC.

    Raises BadParameterError.
    """
    try:
        if match := _DURATION.fullmatch(text):
            expires = now + timedelta(**{_UNITS[match[2]]: int(match[1])})
        else:
            expires = datetime.combine(date.fromisoformat(text), time(tzinfo=UTC)) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadParameterError(
            "expires", f"{text!r} is no time such as 12h or 90d, and no date such as 2027-12-31"
        ) from None
    if expires <= now:
        raise BadParameterError("expires", f"{text!r} is over")
    return expires.replace(microsecond=0)

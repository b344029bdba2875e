"""A token is looked at once for a request, and again just before what it has asked for is made."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.http.authorization import Authorization, challenge_of
from kg.access.authenticator import OWNER, Authenticator
from kg.access.issuance import make_token, revoke_token
from kg.access.rate_limit import RateLimiter
from kg.access.scope import Operation, Scope
from kg.access.token_file import TokenFile
from kg.errors import AccessDeniedError, AccessReason, InsufficientScopeError, InvalidTokenError, RateLimitError

GRAPHS = "http://example.org/"


def authorize(directory: Path) -> Authorization:
    now = datetime.now(UTC)
    scope = Scope(frozenset({Operation.PUT}), (f"{GRAPHS}a*",))
    _, text = make_token(TokenFile(directory), "curator", scope, now + timedelta(hours=1), now)
    authenticator = Authenticator(TokenFile(directory), RateLimiter(1, 1), owner_token="x" * 43)
    return Authorization(authenticator.authenticate(text, ""), Operation.PUT, authenticator)


def test_what_is_changed_is_what_must_be_permitted(tmp_path: Path) -> None:
    authorization = authorize(tmp_path)
    authorization.permit([f"{GRAPHS}a", f"{GRAPHS}ab"])
    authorization.permit([])
    with pytest.raises(InsufficientScopeError) as raised:
        authorization.permit([f"{GRAPHS}a", f"{GRAPHS}b", ""])
    assert raised.value.graphs == ("the default graph", f"{GRAPHS}b")
    many = [f"{GRAPHS}{number}" for number in range(10_000)]
    with pytest.raises(InsufficientScopeError, match="and 9997 more") as raised:
        authorization.permit(many)
    assert len(raised.value.graphs) == 100


def test_a_token_that_is_revoked_while_a_write_waits_permits_nothing(tmp_path: Path) -> None:
    authorization = authorize(tmp_path)
    revoke_token(TokenFile(tmp_path), "curator", datetime.now(UTC))
    with pytest.raises(InvalidTokenError):
        authorization.permit([f"{GRAPHS}a"])


def test_only_the_owner_of_the_data_has_no_time_limit(tmp_path: Path) -> None:
    authorization = authorize(tmp_path)
    assert authorization.timeout_s is None
    owner = Authorization(OWNER, Operation.LOAD, authorization.authenticator)
    assert owner.timeout_s == float("inf")
    owner.permit([f"{GRAPHS}b", ""])


@pytest.mark.parametrize(
    ("graph", "scope"),
    [
        (f"{GRAPHS}b", f"put {GRAPHS}b"),
        ("the default graph", "put"),
        (f"{GRAPHS}\u00e9", "put"),
        (f'{GRAPHS}"', "put"),
        (f"{GRAPHS}\r\nX: y", "put"),
    ],
)
def test_the_challenge_names_only_what_a_header_field_can_carry(graph: str, scope: str) -> None:
    error = InsufficientScopeError(AccessReason.GRAPH, "no", Operation.PUT, [graph])
    assert challenge_of(error) == f'Bearer realm="conflict-kg", error="insufficient_scope", scope="{scope}"'


def test_who_could_not_help_himself_with_another_token_is_not_challenged() -> None:
    assert challenge_of(RateLimitError(AccessReason.WRITES, "writes", 1.5)) == ""
    assert challenge_of(AccessDeniedError(AccessReason.OWNER, "no")) == ""

"""Tokens are made under names that say who writes, and are revoked by name or id."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kg.access.issuance import DEFAULT_EXPIRY, make_token, parse_expiry, revoke_token
from kg.access.scope import EVERYTHING
from kg.access.token import TokenState
from kg.access.token_file import TokenFile
from kg.errors import BadParameterError, UnknownNameError

NOW = datetime(2026, 11, 26, 12, 30, 5, 678, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12h", datetime(2026, 11, 27, 0, 30, 5, tzinfo=UTC)),
        ("90d", datetime(2027, 2, 24, 12, 30, 5, tzinfo=UTC)),
        (DEFAULT_EXPIRY, datetime(2027, 2, 24, 12, 30, 5, tzinfo=UTC)),
        ("2026-11-26", datetime(2026, 11, 27, tzinfo=UTC)),
        ("2027-12-31", datetime(2028, 1, 1, tzinfo=UTC)),
    ],
)
def test_expiry_is_a_duration_or_the_last_day(text: str, expected: datetime) -> None:
    assert parse_expiry(text, NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "0d", "2026-11-25", "never", "90", "-1d", "9999-12-31", "2027-02-30", "99999999d"]
)
def test_any_other_expiry_is_refused(text: str) -> None:
    with pytest.raises(BadParameterError, match="expires"):
        parse_expiry(text, NOW)


@pytest.mark.parametrize("name", ["", "conflict-kg", "command line", "a b", "a\n", "\u202e", "-a", "a" * 65])
def test_names_are_those_of_no_other_agent_and_have_no_space(file: TokenFile, name: str) -> None:
    with pytest.raises(BadParameterError, match="name"):
        make_token(file, name, EVERYTHING, LATER, NOW)
    assert not file.path.exists()


def test_a_name_is_of_one_active_token(file: TokenFile) -> None:
    first, _ = make_token(file, "importer", EVERYTHING, LATER, NOW)
    with pytest.raises(BadParameterError, match=first.id):
        make_token(file, "importer", EVERYTHING, LATER, NOW)
    second, _ = make_token(file, "importer", EVERYTHING, LATER + timedelta(days=1), LATER)
    assert [token.state(LATER) for token in file.read()] == [TokenState.EXPIRED, TokenState.ACTIVE]
    assert revoke_token(file, "importer", LATER).id == second.id
    make_token(file, "importer", EVERYTHING, LATER + timedelta(days=1), LATER)


def test_a_token_is_revoked_by_name_or_id_and_once(file: TokenFile) -> None:
    tokens = [make_token(file, name, EVERYTHING, LATER, NOW)[0] for name in ("a", "b", "c")]
    assert revoke_token(file, "b", NOW).id == tokens[1].id
    assert revoke_token(file, tokens[2].id, NOW).name == "c"
    again = revoke_token(file, tokens[2].id, NOW + timedelta(hours=1))
    assert again.revoked == NOW.replace(microsecond=0)
    assert [token.name for token in file.read() if token.revoked is None] == ["a"]
    with pytest.raises(UnknownNameError) as raised:
        revoke_token(file, "b", NOW)
    assert raised.value.known == ("a",)

"""Tokens that are valid name their bearers; failures are counted, and lock out nobody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kg.access.authenticator import OPERATOR, OWNER, Authenticator
from kg.access.issuance import make_token, revoke_token
from kg.access.rate_limit import RateLimiter
from kg.access.scope import Operation, Scope
from kg.access.token_file import TokenFile
from kg.errors import AccessReason, InvalidTokenError, RateLimitError, TokenFileError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SCOPE = Scope(frozenset({Operation.PUT}), ("http://example.org/*",))
OWNER_TOKEN, OPERATOR_TOKEN = "the-token-of-the-owner", "the-token-of-the-operator"
CLIENT = "192.0.2.1"


class Clock:
    """The time, moved by tests."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path)


@pytest.fixture
def authenticator(file: TokenFile, clock: Clock) -> Authenticator:
    failures = RateLimiter(0.001, 3, clock=lambda: 0.0)
    return Authenticator(file, failures, owner_token=OWNER_TOKEN, operator_token=OPERATOR_TOKEN, clock=clock)


def make(file: TokenFile, name: str = "importer") -> str:
    return make_token(file, name, SCOPE, NOW + timedelta(hours=1), NOW)[1]


def reason_of(authenticator: Authenticator, text: str, client: str = CLIENT) -> AccessReason:
    with pytest.raises((InvalidTokenError, RateLimitError)) as raised:
        authenticator.authenticate(text, client)
    return raised.value.reason


def test_a_token_names_its_bearer_and_scope(authenticator: Authenticator, file: TokenFile) -> None:
    text = make(file)
    principal = authenticator.authenticate(text, CLIENT)
    assert (principal.name, principal.scope, principal.is_owner) == ("importer", SCOPE, False)
    assert principal.token_id == text.split("_")[1]
    assert authenticator.authenticate(OWNER_TOKEN, CLIENT) == OWNER
    assert authenticator.authenticate(OPERATOR_TOKEN, CLIENT) == OPERATOR


def test_without_tokens_of_its_own_a_server_admits_nobody(file: TokenFile) -> None:
    authenticator = Authenticator(file, RateLimiter(1, 100), owner_token="x" * 43)
    for text in ("", " ", "x", "admin", "conflict-kg", "None"):
        with pytest.raises(InvalidTokenError):
            authenticator.authenticate(text, CLIENT)


def test_another_secret_with_a_known_id_is_refused(authenticator: Authenticator, file: TokenFile) -> None:
    text = make(file)
    other = text[:-1] + ("0" if text[-1] != "0" else "1")
    with pytest.raises(InvalidTokenError) as raised:
        authenticator.authenticate(other, CLIENT)
    assert (raised.value.reason, raised.value.token) == (AccessReason.UNKNOWN, "")
    assert raised.value.token_id == text.split("_")[1]
    assert text.split("_")[2] not in str(raised.value)


def test_a_token_expires(authenticator: Authenticator, file: TokenFile, clock: Clock) -> None:
    text = make(file)
    principal = authenticator.authenticate(text, CLIENT)
    clock.now = NOW + timedelta(hours=1)
    assert reason_of(authenticator, text) is AccessReason.EXPIRED
    with pytest.raises(InvalidTokenError, match="expired at 2026-11-26T13:00:00Z"):
        authenticator.check_current(principal)


def test_a_token_that_is_revoked_admits_nobody_from_then_on(authenticator: Authenticator, file: TokenFile) -> None:
    text = make(file)
    principal = authenticator.authenticate(text, CLIENT)
    authenticator.check_current(principal)
    revoke_token(file, "importer", NOW)
    assert reason_of(authenticator, text) is AccessReason.REVOKED
    with pytest.raises(InvalidTokenError):
        authenticator.check_current(principal)


def test_too_many_failures_of_a_client_are_told_to_wait(authenticator: Authenticator) -> None:
    reasons = [reason_of(authenticator, f"wrong-{number}") for number in range(5)]
    assert reasons == [AccessReason.UNKNOWN] * 3 + [AccessReason.FAILURES] * 2
    assert reason_of(authenticator, "wrong", "192.0.2.2") is AccessReason.UNKNOWN
    with pytest.raises(RateLimitError) as raised:
        authenticator.authenticate("wrong", CLIENT)
    assert raised.value.retry_after >= 1


def test_failures_of_a_client_lock_out_no_token_that_nobody_can_guess(
    authenticator: Authenticator, file: TokenFile
) -> None:
    text = make(file)
    for number in range(10):
        reason_of(authenticator, f"wrong-{number}")
    assert authenticator.authenticate(text, CLIENT).name == "importer"
    assert authenticator.authenticate(OWNER_TOKEN, CLIENT) == OWNER
    # The operator has chosen this one: who guesses it learns nothing meanwhile.
    assert reason_of(authenticator, OPERATOR_TOKEN) is AccessReason.FAILURES
    assert authenticator.authenticate(OPERATOR_TOKEN, "192.0.2.2") == OPERATOR


def test_a_request_without_a_token_is_no_failure(authenticator: Authenticator) -> None:
    assert {reason_of(authenticator, "") for _ in range(10)} == {AccessReason.NO_TOKEN}
    assert authenticator.authenticate(OPERATOR_TOKEN, CLIENT) == OPERATOR


def test_a_damaged_file_admits_none_of_its_tokens(authenticator: Authenticator, file: TokenFile) -> None:
    text = make(file)
    principal = authenticator.authenticate(text, CLIENT)
    file.path.write_bytes(file.path.read_bytes()[:-10])
    with pytest.raises(TokenFileError):
        authenticator.authenticate(text, CLIENT)
    with pytest.raises(TokenFileError):
        authenticator.check_current(principal)
    assert authenticator.authenticate(OWNER_TOKEN, CLIENT) == OWNER


@pytest.mark.parametrize("text", ["\u00ff", "\udc80", "x" * 100_000, OWNER_TOKEN + " ", OWNER_TOKEN[:-1]])
def test_any_text_may_be_sent(authenticator: Authenticator, text: str) -> None:
    assert reason_of(authenticator, text) is AccessReason.UNKNOWN

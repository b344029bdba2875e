"""Of a token its digest is kept, which admits whoever has the secret."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from kg.access.scope import EVERYTHING
from kg.access.token import Token, TokenState, create_token, split_token

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def make() -> tuple[Token, str]:
    return create_token("importer", EVERYTHING, NOW, NOW + timedelta(days=1))


def test_a_token_has_256_random_bits_and_says_what_it_is() -> None:
    texts = {make()[1] for _ in range(20)}
    assert len(texts) == 20
    for text in texts:
        prefix, id_, secret = text.split("_")
        assert (prefix, len(bytes.fromhex(id_)), len(bytes.fromhex(secret))) == ("ckg", 6, 32)


def test_the_secret_admits_and_no_other_does() -> None:
    token, text = make()
    parts = split_token(text)
    assert parts is not None
    assert parts[0] == token.id
    assert token.admits(parts[1])
    assert not token.admits(parts[1][:-1] + ("0" if parts[1][-1] != "0" else "1"))
    assert not token.admits("")
    assert not token.admits(token.digest)


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    token, _ = make()
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def observe(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr("hmac.compare_digest", observe)
    assert not token.admits("a" * 64)
    assert compared == [(bytes.fromhex(token.digest), sha256(b"a" * 64).digest())]


def test_what_is_kept_has_the_digest_and_not_the_secret() -> None:
    token, text = make()
    secret = text.rpartition("_")[2]
    assert token.members()["sha256"] == sha256(secret.encode()).hexdigest()
    assert secret not in str(token.members())
    assert token.digest not in str(token.public_members())
    assert Token.from_members(token.members()) == token


def test_a_token_is_active_until_it_expires_or_is_revoked() -> None:
    token, _ = make()
    assert token.state(NOW) is TokenState.ACTIVE
    assert token.state(token.expires - timedelta(seconds=1)) is TokenState.ACTIVE
    assert token.state(token.expires) is TokenState.EXPIRED
    members = {**token.members(), "revoked": "2026-11-26T13:00:00Z"}
    assert Token.from_members(members).state(NOW) is TokenState.REVOKED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ckg",
        "ckg_a_b",
        "ckg_" + "0" * 77,
        "kg_" + "0" * 12 + "_" + "0" * 64,
        "ckg_" + "0" * 12 + "_" + "0" * 64 + "\n",
    ],
)
def test_any_other_text_is_no_token(text: str) -> None:
    assert split_token(text) is None

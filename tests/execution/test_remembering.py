"""What is found out of a text is kept, but neither failures nor long texts nor many of them."""

import pytest

from kg.execution.text_cache import CACHE_SIZE, MAX_CACHED_LENGTH, cache_by_text


def test_short_text_is_studied_once_a_long_one_each_time() -> None:
    studied: list[str] = []

    @cache_by_text
    def study(text: str) -> int:
        studied.append(text)
        return len(text)

    long = "x" * (MAX_CACHED_LENGTH + 1)
    assert [study("a"), study("a"), study(long), study(long)] == [
        1,
        1,
        MAX_CACHED_LENGTH + 1,
        MAX_CACHED_LENGTH + 1,
    ]
    assert studied == ["a", long, long]


def test_old_texts_are_forgotten() -> None:
    studied: list[str] = []
    study = cache_by_text(studied.append)
    for number in range(CACHE_SIZE + 1):
        study(str(number))
    study("0")
    assert studied.count("0") == 2


def test_failure_is_raised_each_time() -> None:
    @cache_by_text
    def study(text: str) -> int:
        raise ValueError(text)

    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            study("a")

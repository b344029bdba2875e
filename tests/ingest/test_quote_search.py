"""Words are found where they are, or it is said where they are not."""

import re

import pytest

from kg.ingest.quote_search import QuotedWords, QuoteSearchError, SearchedText
from kg.source_archive import sha256_hex

TEXT = """The ministry said that it shelled the depot. Residents reportedly counted “dozens” of rockets.
The army\u2019s men reportedly left. The party was partly quiet. The party was partly loud.
"""


def find(exact: str, prefix: str = "", suffix: str = "", text: str = TEXT) -> str:
    """The sentence that is found; its offsets and hash are checked."""
    found = SearchedText(text).find(QuotedWords(exact, prefix, suffix))
    assert found.exact in text
    assert found.sha256 == sha256_hex(text[found.start : found.end])
    return text[found.start : found.end]


def refuse(exact: str, prefix: str = "", suffix: str = "", text: str = TEXT) -> QuoteSearchError:
    with pytest.raises(QuoteSearchError) as error:
        SearchedText(text).find(QuotedWords(exact, prefix, suffix))
    return error.value


def test_words_are_found_with_the_sentence_around_them() -> None:
    assert find("shelled") == "The ministry said that it shelled the depot."


def test_several_places_in_one_sentence_are_no_doubt() -> None:
    assert find("e", text="Here we were. No.") == "Here we were."


def test_words_in_another_style_are_returned_as_the_text_has_them() -> None:
    text = SearchedText(TEXT)
    assert text.find(QuotedWords("army's men")).exact == "army\u2019s men"
    assert text.find(QuotedWords('"dozens"')).exact == "“dozens”"
    assert text.find(QuotedWords("rockets. The army")).exact == "rockets.\nThe army"


def test_whole_words_are_preferred_to_parts_of_words() -> None:
    assert find("art", text="The party left. It was art. Apart from that, no.") == "It was art."
    assert find("oke", text="He spoke. No.") == "He spoke."


def test_ambiguous_words_are_listed_with_a_prefix_or_suffix_that_selects_each() -> None:
    error = refuse("reportedly")
    assert error.message == "the words 'reportedly' are in 2 sentences"
    assert "line 1 of the text" in error.cure
    assert "line 2 of the text" in error.cure
    suggestions = re.findall(r"(prefix|suffix): (?:\"([^\"]*)\"|'([^']*)')", error.cure)
    sentences = {find("reportedly", **{key: double or single}) for key, double, single in suggestions}
    assert sentences == {
        "Residents reportedly counted “dozens” of rockets.",
        "The army\u2019s men reportedly left.",
    }


def test_every_suggestion_for_words_that_repeat_in_long_contexts_selects_one_place() -> None:
    text = 'It was "a" day and a "bad" one. ' * 2 + "It was a day. The end was a day."
    error = refuse("day", text=text)
    lines = error.cure.splitlines()[1:]
    assert len(lines) == 4
    for line in lines:
        match = re.match(r" +(prefix|suffix): (\"|')(.*)\2 +# line", line)
        assert match or line.lstrip().startswith("position: {start: ")
        if match:
            find("day", **{match[1]: match[3].replace("''", "'") if match[2] == "'" else match[3]}, text=text)


def test_prefix_that_is_not_there_lists_the_places() -> None:
    error = refuse("shelled", prefix="army")
    assert error.message == "the words 'shelled' are in the text, but not with that prefix and suffix"
    assert "that it [shelled] the depot" in error.cure


def test_missing_words_are_answered_with_the_nearest_text_and_its_line() -> None:
    error = refuse("army's men reportably left")
    assert error.message == 'the words "army\'s men reportably left" are not in the text'
    assert "The nearest text is 'army\u2019s men reportedly left" in error.cure
    assert "in its line 2" in error.cure


def test_quote_without_words_is_refused() -> None:
    assert refuse(" ").message == "the quote has no words"

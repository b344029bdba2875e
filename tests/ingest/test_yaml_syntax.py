"""A list item with a syntax error is reported with its cure, and the rest is read."""

import pytest

from kg.errors import InputRejectedError
from kg.ingest.yaml_source import YamlSource, parse_readable

BEFORE, AFTER = "a: b\nlist:\n  - id: one\n", "  - id: two\n    c: d\nlast: e\n"


def read(text: str) -> YamlSource:
    return parse_readable(text.encode(), "a.yaml")


@pytest.mark.parametrize(
    ("item", "line", "cure"),
    [
        ("  - c: d: e\n", 4, "Put a text that has a colon in quotation marks"),
        ("  - c: @x\n    d: e\n", 4, "Put a text that begins with this character"),
        ("  - c: {d: e f: g}\n", 4, "Close the braces"),
        ("  - {c: d}}\n", 4, "Indent the line as its neighbours"),
        ("  - c: 'it's'\n", 4, "Indent the line as its neighbours"),
        ("  - c: d\n      e: f\n    g: h\n", 5, "Put a text that has a colon in quotation marks"),
        ("  - c: *x\n", 4, "Put a text that begins with * in quotation marks"),
        ("  - c: d\n\te: f\n", 5, "Indent with spaces"),
        ("  - c: d\n    # note: x: y\n    e: - f\n", 6, "Check indentation"),
    ],
)
def test_malformed_item_is_left_out_and_named_with_its_cure(item: str, line: int, cure: str) -> None:
    source = read(BEFORE + item + AFTER)
    ((path, finding),) = source.findings
    assert finding.message.startswith("not YAML: ")
    assert cure in finding.cure
    assert finding.location
    assert (path, finding.location.line) == ((), line)
    assert source.value == {"a": "b", "list": [{"id": "one"}, {"id": "two", "c": "d"}], "last": "e"}
    assert source.unread == item
    last = source.spans["last",]
    assert source.text[last.start : last.end] == "e"


def test_several_malformed_items_are_reported_together() -> None:
    source = read(BEFORE + "  - c: d: e\n" * 3 + AFTER)
    assert [finding.location.line for _, finding in source.findings if finding.location] == [4, 5, 6]


def test_malformed_entry_at_the_top_is_left_out() -> None:
    source = read("a: b\ntitle: c: d\nlist:\n  - e\n")
    assert source.value == {"a": "b", "list": ["e"]}
    assert source.unread == "title: c: d\n"


def test_list_whose_only_item_is_malformed_has_one_finding() -> None:
    source = read("a:\n  - b: c: d\ne: f\n")
    assert len(source.findings) == 1
    assert source.value == {"e": "f"}


def test_braces_that_are_never_closed_are_reported_where_they_begin() -> None:
    source = read(BEFORE + "  - c: {d: e\n    f: g\n" + AFTER)
    ((_, finding),) = source.findings
    assert "it begins in line 4" in finding.message
    assert source.value == {"a": "b", "list": [{"id": "one"}, {"id": "two", "c": "d"}], "last": "e"}


def test_text_of_which_nothing_can_be_read_is_rejected() -> None:
    with pytest.raises(InputRejectedError) as rejection:
        read("a: [\n")
    assert rejection.value.findings[0].location


@pytest.mark.parametrize(
    ("text", "message", "cure"),
    [
        (
            "a: {id: x, prefLabel: Ministry of Defence, Russia}",
            "'Russia' has no value: within { } a comma ends the text before it",
            'If it belongs to that text, write prefLabel: "Ministry of Defence, Russia".',
        ),
        (
            'a: {gist: the plane took off, it is said\n  from "Shayrat" air base, or not, count: 3}',
            "'it is said from \"Shayrat\" air base, or not' has no value: within { } a comma ends the text before it",
            'If it belongs to that text, write gist: "the plane took off, it is said from \\"Shayrat\\" air base,'
            ' or not".',
        ),
        ("a: {id: x, b: 'c', d}", "'d' has no value", "Give it one, or remove the key."),
        ("a: {b: c, d: }", "'d' has no value", "Give it one, or remove the key."),
        ("a: {d, b: c}", "'d' has no value", "Give it one, or remove the key."),
        ("a:\n  b: c\n  d:\n", "'d' has no value", "Give it one, or remove the key."),
    ],
)
def test_comma_within_braces_is_explained(text: str, message: str, cure: str) -> None:
    source = read(text + "\n")
    ((_, finding),) = source.findings
    assert (finding.message, finding.cure) == (message, cure)


def test_all_that_is_not_plain_is_reported_and_the_rest_is_read() -> None:
    source = read("a: &x b\nc: d\nc: e\nf: !t g\nh:\ni: j\n")
    assert [finding.location.line for _, finding in source.findings if finding.location] == [1, 3, 4, 5]
    assert source.value == {"c": "d", "i": "j"}


@pytest.mark.parametrize(
    ("list_keys", "cure"), [((), "Keep one of them."), (("c",), "Keep one, or make its value a list.")]
)
def test_a_list_is_offered_for_a_repeated_key_only_if_its_value_may_be_one(
    list_keys: tuple[str, ...], cure: str
) -> None:
    ((_, finding),) = parse_readable(b"a: b\nc: d\nc: e\n", "a.yaml", list_keys).findings
    assert (finding.message, finding.cure) == ("the key 'c' is repeated", cure)


def test_a_tab_is_not_taken_for_the_beginning_of_a_text() -> None:
    ((_, finding),) = read(BEFORE + "  - c: d\n\te: f\n" + AFTER).findings
    assert finding.cure == "Indent with spaces: YAML takes no tab there."

"""What ``source.toml`` may say, and what is found wrong with it."""

import pytest

from kg.datasets.selection import SelectionRule, choose_rule, parse_rules
from kg.datasets.source_format import parse_source_format
from kg.errors import BadParameterError, InputRejectedError, UnknownNameError


def test_members_have_defaults() -> None:
    parsed = parse_source_format('[row]\nkey = "id"\n', "source.toml")
    assert (parsed.key, parsed.delimiter, parsed.quote, parsed.encoding) == ("id", ",", '"', "utf-8")
    assert parsed.required == {"id"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[row", "Expected ']'"),
        ('[file]\nformat = "excel"', "format is 'excel'"),
        ('[file]\ndelimiter = ""', "delimiter is ''"),
        ('[file]\nquote = "ab"', "quote is 'ab'"),
        ('[file]\nencoding = "utf-16"', "encoding is 'utf-16'"),
        ("[file]\nskip = 1", "skip is no text"),
        ('[file]\nname = "x"', "file has no member name"),
        ('[rows]\nkey = "x"', "the file has no member rows"),
        ('row = "x"', "row is no table"),
        ('[row]\nrequired = "id"', "required is no list"),
        ('[row]\nkey = ["country", "id"]', "leave key out"),
        ('[columns]\nid = "number of"', "id is 'number of'"),
        ("[lists.x]", "has not one of separator and pattern"),
        ('[lists.x]\npattern = "("', "pattern: "),
    ],
)
def test_each_mistake_has_a_finding_with_a_cure(text: str, message: str) -> None:
    with pytest.raises(InputRejectedError) as caught:
        parse_source_format(text, "source.toml")
    assert message in str(caught.value)
    assert all(finding.cure and finding.location for finding in caught.value.findings)


RULES = parse_rules('[select.default]\ncode = ["18*", "20"]\n[select.syria]\ncountry = ["Syria"]\n', "source.toml")


@pytest.mark.parametrize(
    ("text", "values", "is_selected"),
    [
        ("", {"code": "183"}, True),
        ("", {"code": "193"}, False),
        ("", {}, False),
        ("all", {"code": "193"}, True),
        ("syria", {"country": "Syria"}, True),
        ("country=Syria,Iraq; year=201*", {"country": "Iraq", "year": "2017"}, True),
        ("country=Syria,Iraq; year=201*", {"country": "Iraq", "year": "2027"}, False),
    ],
)
def test_rules_select_rows(text: str, values: dict[str, str], is_selected: bool) -> None:
    assert choose_rule(text, RULES).selects(values) == is_selected


def test_without_a_default_every_row_is_selected() -> None:
    assert choose_rule("", {}) == SelectionRule({})


def test_rules_that_are_none() -> None:
    with pytest.raises(UnknownNameError, match="syria"):
        choose_rule("syra", RULES)
    with pytest.raises(BadParameterError, match="COLUMN=VALUE"):
        choose_rule("country=Syria;2017", RULES)
    with pytest.raises(InputRejectedError, match=r"\[select.x\] is no rule"):
        parse_rules("[select.x]\ncode = 18\n", "source.toml")

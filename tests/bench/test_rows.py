import json

from bench.questions import ROWS, TRIPLES
from bench.rows import count, rows
from kg.namespaces import XSD


def _answer(*terms: dict[str, str]) -> bytes:
    return json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": term} for term in terms]}}).encode()


def test_ways_to_write_a_term_do_not_matter() -> None:
    one = _answer(
        {"type": "literal", "value": "x", "xml:lang": "EN"},
        {"type": "literal", "value": "1", "datatype": f"{XSD}integer"},
        {"type": "literal", "value": "y"},
    )
    other = _answer(
        {"type": "typed-literal", "value": "1.0", "datatype": f"{XSD}decimal"},
        {"type": "literal", "value": "y", "datatype": f"{XSD}string"},
        {"type": "literal", "value": "x", "xml:lang": "en"},
    )
    assert rows(one, ROWS) == rows(other, ROWS)


def test_other_rows_are_other_rows() -> None:
    assert rows(_answer({"type": "uri", "value": "x"}), ROWS) != rows(_answer({"type": "literal", "value": "x"}), ROWS)
    assert rows(_answer(*[{"type": "uri", "value": "x"}] * 2), ROWS) != rows(
        _answer({"type": "uri", "value": "x"}), ROWS
    )


def test_triples_compare_as_a_set() -> None:
    one, other = b"<urn:a> <urn:b> <urn:c> .\n", b'<urn:a> <urn:b> "\\u00e9" .\n'
    assert rows(one + other, TRIPLES) == rows('<urn:a> <urn:b> "é" .\n'.encode() + one + one, TRIPLES)
    assert count(one + other, TRIPLES) == 2

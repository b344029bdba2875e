import json

from bench.query_set import N_TRIPLES, RESULTS_JSON
from bench.result_rows import count_rows, parse_rows
from kg.namespaces import XSD


def _answer(*terms: dict[str, str]) -> bytes:
    return json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": term} for term in terms]}}).encode()


def test_equal_terms_in_different_notations_compare_equal() -> None:
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
    assert parse_rows(one, RESULTS_JSON) == parse_rows(other, RESULTS_JSON)


def test_different_rows_compare_different() -> None:
    assert parse_rows(_answer({"type": "uri", "value": "x"}), RESULTS_JSON) != parse_rows(
        _answer({"type": "literal", "value": "x"}), RESULTS_JSON
    )
    assert parse_rows(_answer(*[{"type": "uri", "value": "x"}] * 2), RESULTS_JSON) != parse_rows(
        _answer({"type": "uri", "value": "x"}), RESULTS_JSON
    )


def test_triples_compare_as_a_set() -> None:
    one, other = b"<urn:a> <urn:b> <urn:c> .\n", b'<urn:a> <urn:b> "\\u00e9" .\n'
    assert parse_rows(one + other, N_TRIPLES) == parse_rows('<urn:a> <urn:b> "é" .\n'.encode() + one + one, N_TRIPLES)
    assert count_rows(one + other, N_TRIPLES) == 2

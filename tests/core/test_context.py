"""The JSON-LD context is a golden file: whoever changes ontology or shapes sees what that does to it."""

import json
from pathlib import Path

from kg.jsonld_context import KEYWORDS, build_context, dossier_sections
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI

GOLDEN = Path(__file__).with_name("context.jsonld")


def test_the_context_is_the_one_on_file(schema: Schema) -> None:
    found = json.dumps({"@context": build_context(schema, DEFAULT_BASE_IRI)}, indent=2, ensure_ascii=False) + "\n"
    same = found == GOLDEN.read_text(encoding="utf-8")
    assert same, "the context has changed; if that is meant: kg context > tests/core/context.jsonld"


def test_every_section_lists_what_it_includes(schema: Schema) -> None:
    found = build_context(schema, DEFAULT_BASE_IRI)
    assert {found[name] for name in dossier_sections(schema)} == {"@included"}


def test_no_term_shadows_a_keyword(schema: Schema) -> None:
    found = build_context(schema, DEFAULT_BASE_IRI)
    assert {name: found[name] for name in KEYWORDS} == KEYWORDS


def test_every_field_that_can_be_written_has_a_term_in_its_class(schema: Schema) -> None:
    found = build_context(schema, DEFAULT_BASE_IRI)
    for each in schema.classes.values():
        scoped = found[each.name]["@context"] if isinstance(found[each.name], dict) else {}
        written = {field.name for field in each.fields.values() if field.predicate}
        assert written <= {*found, *scoped}, each.name


def test_the_base_of_the_context_follows_the_setting(schema: Schema) -> None:
    found = build_context(schema, "http://example.org/")
    assert found["@base"] == "http://example.org/id/"
    assert found["ckd"] == {"@id": "http://example.org/id/", "@prefix": True}

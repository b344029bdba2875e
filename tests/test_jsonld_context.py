"""The JSON-LD context is a golden file, so that a change of ontology or shapes shows what it does to the context."""

import json
from pathlib import Path

from kg.jsonld_context import KEYWORDS, build_context, dossier_sections
from kg.schema.model import Schema
from kg.settings import DEFAULT_BASE_IRI

GOLDEN = Path(__file__).with_name("context.jsonld")


def test_the_context_is_the_one_on_file(schema: Schema) -> None:
    text = json.dumps({"@context": build_context(schema, DEFAULT_BASE_IRI)}, indent=2, ensure_ascii=False) + "\n"
    same = text == GOLDEN.read_text(encoding="utf-8")
    assert same, "the context has changed; if that is meant: kg context > tests/context.jsonld"


def test_every_section_lists_what_it_includes(schema: Schema) -> None:
    context = build_context(schema, DEFAULT_BASE_IRI)
    assert {context[name] for name in dossier_sections(schema)} == {"@included"}


def test_no_term_shadows_a_keyword(schema: Schema) -> None:
    context = build_context(schema, DEFAULT_BASE_IRI)
    assert {name: context[name] for name in KEYWORDS} == KEYWORDS


def test_every_field_that_can_be_written_has_a_term_in_its_class(schema: Schema) -> None:
    context = build_context(schema, DEFAULT_BASE_IRI)
    for cls in schema.classes.values():
        scoped = context[cls.name]["@context"] if isinstance(context[cls.name], dict) else {}
        written = {field.name for field in cls.fields.values() if field.predicate}
        assert written <= {*context, *scoped}, cls.name


def test_the_base_of_the_context_follows_the_setting(schema: Schema) -> None:
    context = build_context(schema, "http://example.org/")
    assert context["@base"] == "http://example.org/id/"
    assert context["ckd"] == {"@id": "http://example.org/id/", "@prefix": True}

"""What to write instead of the names that a class without a type of its own would have.

Its nodes are of the type of its superclass (``TypeModel.objects``). Owns the sentence that an error adds for people who
expect a type, a root field or a filter of that class.
"""

import re
from collections.abc import Iterator

from kg.graphql.schema.filter_inputs import AS_PREFIX
from kg.graphql.schema.inflection import camel_case, pluralize
from kg.graphql.schema.type_model import TypeModel
from kg.schema.model import local_name

_QUOTED_NAME = re.compile(r"'([A-Za-z_][A-Za-z0-9_]*)'")
_GENERATED = ("Where", "Order", "Connection", "Edge", "OrderField")
"""What the names of the other types of a class end in."""


class AbsentTypes:
    """The names that the classes of a model without a type do not have, with their cures."""

    def __init__(self, model: TypeModel) -> None:
        self._cures = {name: cure for iri in model.objects for name, cure in _cures(iri, model)}

    def find_cure(self, message: str) -> str:
        """What to write instead of the first such name that the message of an error quotes; empty if there is none."""
        cures = (self._cures.get(name) for name in _QUOTED_NAME.findall(message))
        return next(filter(None, cures), "")


def _cures(iri: str, model: TypeModel) -> Iterator[tuple[str, str]]:
    type_name, absent = model.objects[iri].name, local_name(iri)
    field = model.class_field(type_name)
    if model.objects[iri].iri == iri or field is None:
        return
    value = model.vocabularies[field.vocabulary].names[iri]
    reason = f"Nodes of the class {absent} are of the type {type_name}, and have {field.name} {value}: write"
    condition = f"{{{field.name}: {{eq: {value}}}}}"
    one, other = camel_case(absent), camel_case(type_name)
    yield absent, f"{reason} `{type_name}`."
    yield one, f"{reason} `{other}`."
    yield pluralize(one), f"{reason} `{pluralize(other)}(where: {condition})`."
    yield f"{AS_PREFIX}{absent}", f"{reason} `{AS_PREFIX}{type_name}: {condition}`."
    for suffix in _GENERATED:
        yield f"{absent}{suffix}", f"{reason} `{type_name}{suffix}`."

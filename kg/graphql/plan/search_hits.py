"""The root field ``search``: which texts it needs candidates for, and its hits as objects.

Owns the bounds of a search. Candidates come from the text index, which the process has that talks to clients: a request
is executed again with them. What they mean, and who says it, is for ``kg.search.hits``.
"""

from collections.abc import Iterable, Mapping, Sequence

from kg.graphql.plan.root_fields import NodeRef, ResolvedObject
from kg.graphql.plan.sparql_session import SparqlSession
from kg.graphql.request import error_codes, errors
from kg.graphql.request.collect_fields import FieldGroup
from kg.graphql.schema.field_binding import RootField, RootFieldKind
from kg.graphql.schema.inflection import constant_case
from kg.graphql.schema.schema_builder import PAGE_SIZE_DEFAULT
from kg.graphql.schema.static_types import NodeReference, StatementReference
from kg.graphql.schema.type_model import TypeModel
from kg.nearest_names import suggest_names
from kg.schema.model import local_name
from kg.search.hits import MAX_FIRST, Hit, complete_hits, rank_hits, tell_sayings
from kg.search.text_index import MAX_CHARACTERS, Candidate

Candidates = Mapping[str, Sequence[Candidate]]
"""By the text that was searched."""
MAX_SEARCHES = 5
"""Different texts in one request."""


class SearchResolver:
    """Resolves the searches of one operation."""

    def __init__(self, model: TypeModel, session: SparqlSession, candidates: Candidates) -> None:
        self._session, self._candidates = session, candidates
        schemes = {local_name(vocabulary.scheme.iri) for vocabulary in model.vocabularies.values()}
        self._kinds = {type_.kind for type_ in model.types.values() if type_.kind} | schemes

    def resolve(self, field: FieldGroup) -> list[ResolvedObject]:
        """The hits, the best first. Raises GraphQLError for a kind that there is not."""
        text, kinds = field.arguments["text"], field.arguments.get("kinds")
        for kind in kinds or ():
            if kind not in self._kinds:
                message = f"There is no kind {kind!r}. {suggest_names(kind, self._kinds)}".strip()
                raise errors.graphql_error(message, error_codes.BAD_INPUT, field.nodes)
        hits = rank_hits(self._session, text, self._candidates[text])
        wanted = [hit for hit in hits if kinds is None or hit.kind in kinds]
        return [_hit_object(hit) for hit in complete_hits(self._session, wanted[: _size(field)])]


def list_searches(fields: Iterable[FieldGroup]) -> tuple[str, ...]:
    """The texts that are searched, each once. Raises GraphQLError for too many, and for arguments that are no use."""
    searches = [field for field in fields if is_search(field)]
    for field in searches:
        _check_arguments(field)
    texts = tuple(dict.fromkeys(field.arguments["text"] for field in searches))
    if len(texts) > MAX_SEARCHES:
        message = f"The request searches {len(texts)} texts; {MAX_SEARCHES} are allowed."
        raise errors.graphql_error(message, error_codes.TOO_COSTLY, limit=MAX_SEARCHES)
    return texts


def is_search(field: FieldGroup) -> bool:
    """Whether it is the root field ``search``."""
    return isinstance(field.binding, RootField) and field.binding.kind is RootFieldKind.SEARCH


def _check_arguments(field: FieldGroup) -> None:
    if not 0 < len(field.arguments["text"].strip()) <= MAX_CHARACTERS:
        message = f"Give {field.name} a text of 1 to {MAX_CHARACTERS} characters."
        raise errors.graphql_error(message, error_codes.BAD_INPUT, field.nodes)
    if not 0 <= _size(field) <= MAX_FIRST:
        message = f"A search returns {MAX_FIRST} hits at most; give it more words, or kinds."
        raise errors.graphql_error(message, error_codes.PAGE, field.nodes, limit=MAX_FIRST)


def _size(field: FieldGroup) -> int:
    first = field.arguments.get("first")
    return PAGE_SIZE_DEFAULT if first is None else first


def _hit_object(hit: Hit) -> ResolvedObject:
    return ResolvedObject(
        "SearchHit",
        {
            "id": hit.iri,
            "kind": hit.kind,
            "name": hit.name or None,
            "text": hit.text,
            "lang": hit.text_language,
            "matched": constant_case(hit.matched),
            "match": constant_case(hit.match),
            "attribution": tell_sayings(hit.said) or None,
            "statements": [NodeRef(saying.statement, StatementReference.graphql_name) for saying in hit.said],
            "node": NodeRef(hit.iri, NodeReference.graphql_name),
        },
    )

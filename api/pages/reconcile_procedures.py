"""The procedures of the Reconciliation Service API 0.2 (https://reconciliation-api.github.io/specs/0.2/).

Owns the JSON that the specification asks for. Which entities are meant is for ``kg.reconciliation``, which columns a
table gets for ``api.pages.extension``; paths, bounds of a request and callbacks are for the router.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.extension import SETTINGS, TableExtension
from api.pages.preview import HEIGHT, WIDTH, preview_values
from api.pages.replies import document_reply, page_reply
from api.pages.sources import PageSources
from kg import namespaces
from kg.errors import UnknownNameError
from kg.execution.procedure import Procedure, Reply
from kg.reconciliation.batch import MAX_TEXT, parse_extension, parse_queries
from kg.reconciliation.candidates import EntityCandidate, Reconciler, describe
from kg.reconciliation.conditions import iri_of
from kg.reconciliation.entity_terms import EntityProperty, EntityTerms, EntityType
from kg.search.hits import find_hits, find_resources
from kg.search.text_index import QUOTES, Candidate
from kg.store.interface import Store
from kg.views.description import describe as describe_resource
from kg.views.reader import Bounds
from kg.views.resource_view import view_builder

MANIFEST = "reconcile-manifest"
"""Arguments: ``address``, of this server, and ``callback``, as all of these have but the preview."""
QUERIES = "reconcile-queries"
"""The content is JSON: ``queries`` as they were sent, and ``candidates`` by text."""
EXTENSION = "reconcile-extend"
"""The content is the request as it was sent; ``address`` as above."""
SUGGEST_ENTITY = "reconcile-suggest-entity"
"""Arguments: ``prefix`` and ``cursor``; the content is the candidates."""
SUGGEST_TERM = "reconcile-suggest-term"
"""Arguments: ``kind``, which is ``type`` or ``property``, ``prefix`` and ``cursor``."""
PROPOSE = "reconcile-propose"
"""Arguments: ``type`` and ``limit``."""
PREVIEW = "reconcile-preview"
"""Arguments: ``id``. Raises UnknownNameError."""

JSON, JAVASCRIPT = "application/json", "text/javascript"
BATCH_SIZE = 25
SUGGESTIONS = 20
_PREVIEW_BOUNDS = Bounds(listed=20, quads=2_000, references=500)
_SERVICE_VERSION = "0.2"


class ReconcileProcedures:
    """The procedures over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources
        self._terms = EntityTerms(sources.class_index)
        self._base_iri = sources.settings.base_iri
        self._home = f"{self._base_iri}id/"

    def table(self) -> dict[str, Procedure]:
        """The procedures by name."""
        return {
            MANIFEST: self._manifest,
            QUERIES: self._queries,
            EXTENSION: self._extension,
            SUGGEST_ENTITY: self._suggest_entity,
            SUGGEST_TERM: self._suggest_term,
            PROPOSE: self._propose,
            PREVIEW: self._preview,
        }

    def _manifest(self, _store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        address = arguments["address"]
        service = f"{address}/reconcile"
        suggest = {
            kind: {"service_url": service, "service_path": f"/suggest/{kind}"}
            for kind in ("entity", "type", "property")
        }
        manifest = {
            "versions": [_SERVICE_VERSION],
            "name": "conflict-kg: reports of armed conflict, with who says what",
            "identifierSpace": self._home,
            "schemaSpace": namespaces.CK,
            "documentation": f"{address}/openapi.json",
            "view": {"url": f"{address}/id/{{{{id}}}}"},
            "defaultTypes": [
                _type_reference(each) for each in self._terms.types.values() if not each.broader and each.kind
            ],
            "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
            "suggest": suggest,
            "extend": {
                "propose_properties": {"service_url": service, "service_path": "/extend/propose"},
                "property_settings": SETTINGS,
            },
            "batchSize": BATCH_SIZE,
        }
        return _reply(manifest, arguments)

    def _queries(self, store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        sent = json.loads(content)
        named = {
            text: [Candidate.from_members(members) for members in candidates]
            for text, candidates in sent["candidates"].items()
        }
        reconciler = Reconciler(store, self._terms, self._base_iri)
        results = {
            query.key: {"result": [self._candidate(each) for each in reconciler.find(query, named)]}
            for query in parse_queries(sent["queries"])
        }
        return _reply(results, arguments)

    def _candidate(self, candidate: EntityCandidate) -> dict[str, Any]:
        return {
            "id": candidate.hit.iri.removeprefix(self._home),
            "name": candidate.hit.name or candidate.hit.iri.rsplit("/", 1)[-1],
            "description": candidate.description,
            "type": [_type_reference(each) for each in candidate.types],
            "score": candidate.score,
            "features": [{"id": name, "value": value} for name, value in candidate.features.items()],
            "match": candidate.match,
        }

    def _extension(self, store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        request = parse_extension(content.decode())
        extension = TableExtension(store, self._sources, self._terms)
        return _reply(extension.extend(request, arguments["address"]), arguments)

    def _suggest_entity(self, store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        prefix, cursor = arguments["prefix"], arguments["cursor"]
        candidates = [Candidate.from_members(members) for members in json.loads(content)]
        named = [item for item in candidates if item.predicate not in QUOTES]
        identified = find_resources(store, filter(None, [iri_of(prefix, self._home)]))
        hits = {hit.iri: hit for hit in (*find_hits(store, prefix, named), *identified)}
        kinds = self._sources.class_index.thing_kinds
        things = [hit for hit in hits.values() if hit.kind in kinds][cursor : cursor + SUGGESTIONS]
        reconciler = Reconciler(store, self._terms, self._base_iri)
        types = reconciler.fetch_types(things)
        result = [
            {
                "id": hit.iri.removeprefix(self._home),
                "name": hit.name or hit.iri.rsplit("/", 1)[-1],
                "description": describe(hit, types[hit.iri]),
                "notable": [_type_reference(each) for each in types[hit.iri][:1]],
            }
            for hit in things
        ]
        return _reply({"result": result}, arguments)

    def _suggest_term(self, _store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        prefix, cursor = arguments["prefix"], arguments["cursor"]
        found: Sequence[EntityType | EntityProperty]
        if arguments["kind"] == "type":
            found = self._terms.search_types(prefix)
            texts = {each.id: each.definition for each in self._terms.types.values()}
        else:
            found = self._terms.search_properties(prefix)
            texts = {each.id: each.description for each in self._terms.properties.values()}
        shown = found[cursor : cursor + SUGGESTIONS]
        result = [{"id": each.id, "name": each.name, "description": texts[each.id]} for each in shown]
        return _reply({"result": result}, arguments)

    def _propose(self, _store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        name, limit = arguments["type"], arguments["limit"]
        type_ = self._terms.find_type(name) if name else None
        properties = self._terms.properties_of(type_)[:limit]
        proposed = [{"id": each.id, "name": each.name} for each in properties]
        members = {"type": name, "properties": proposed, **({"limit": limit} if limit is not None else {})}
        return _reply(members, arguments)

    def _preview(self, store: Store, arguments: Mapping[str, Any], _content: bytes) -> Reply:
        iri = iri_of(arguments["id"], self._home)
        about = describe_resource(store, self._sources.class_index, iri, _PREVIEW_BOUNDS) if iri else None
        if about is None or self._sources.class_index.things.isdisjoint(about.types(about.focus)):
            raise UnknownNameError("entity", arguments["id"][:MAX_TEXT])
        builder = view_builder(store, self._sources.class_index, self._sources.archive, about)
        return page_reply(self._sources.renderer.render("preview.html", **preview_values(builder)))


def _type_reference(type_: EntityType) -> dict[str, str]:
    return {"id": type_.id, "name": type_.name}


def _reply(members: Mapping[str, Any], arguments: Mapping[str, Any]) -> Reply:
    """The members as JSON or, with a callback, as a script that calls it (JSONP)."""
    if callback := arguments.get("callback"):
        # In ASCII: some characters of JSON ended lines of scripts. The comment is against content sniffers.
        return document_reply(f"/**/{callback}({json.dumps(members)});".encode(), JAVASCRIPT)
    # In ASCII too: a request may have half of a surrogate pair, which has no UTF-8.
    return document_reply(json.dumps(members).encode(), JSON)

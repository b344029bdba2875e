"""The procedure of a search: what a text index has found, as a page or as JSON, with who says what is said.

What hits are is for ``kg.search.hits``; the index is asked by the router.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.http.links import local_path
from api.pages.replies import document_reply, page_reply
from api.pages.sources import PageSources
from kg.execution.procedure import Procedure, Reply
from kg.search.hits import Hit, complete_hits, rank_hits
from kg.search.text_index import Candidate
from kg.store.interface import Store
from kg.views.incident_names import name_incidents

SEARCH = "search"
"""Arguments: ``words``, ``kind``, ``first``, ``offset``, ``is_page``; the content is the candidates in JSON."""
JSON = "application/json"
_INCIDENT = "incident"


class SearchProcedures:
    """The procedure over these sources."""

    def __init__(self, sources: PageSources) -> None:
        self._sources = sources

    def table(self) -> dict[str, Procedure]:
        """The procedure by name."""
        return {SEARCH: self._search}

    def _search(self, store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        candidates = [Candidate.from_members(members) for members in json.loads(content)]
        words, first, offset = arguments["words"], arguments["first"], arguments["offset"]
        hits = rank_hits(store, words, candidates, arguments["kind"])
        shown = [
            self._to_json(hit) for hit in _name_incidents(store, complete_hits(store, hits[offset : offset + first]))
        ]
        following = offset + first if offset + first < len(hits) else None
        found = {"query": words, "total": len(hits), "offset": offset, "next": following, "hits": shown}
        if not arguments["is_page"]:
            return document_reply(json.dumps(found, ensure_ascii=False).encode(), JSON)
        kinds = sorted({hit.kind for hit in hits})
        page = self._sources.renderer.render("search.html", kinds=kinds, kind=arguments["kind"], first=first, **found)
        return page_reply(page)

    def _to_json(self, hit: Hit) -> dict[str, Any]:
        base, prefix = self._sources.settings.base_iri, self._sources.settings.path_prefix
        members = hit.members()
        for saying in members["said"]:
            saying |= {"statement_path": prefix + local_path(saying["statement"], base)}
        return {"id": hit.iri.removeprefix(f"{base}id/"), "path": prefix + local_path(hit.iri, base), **members}


def _name_incidents(store: Store, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, with incidents under their display names."""
    names = name_incidents(store, (hit.iri for hit in hits if hit.kind == _INCIDENT))
    return [replace(hit, name=str(names[hit.iri]), language="en") if hit.iri in names else hit for hit in hits]

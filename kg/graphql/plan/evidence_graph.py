"""The links of statements that a GraphQL request has loaded.

Implements ``kg.status.provenance.LinkGraph``; decides nothing. What is missing is requested with the next layer.
"""

from collections import defaultdict
from collections.abc import Iterable

from kg import namespaces
from kg.graphql.plan.batch_loader import BatchLoader, Layer
from kg.graphql.plan.rdf_terms import select_text
from kg.graphql.schema.type_model import PathStep
from kg.status.act import UNKNOWN_SPEAKER


class LoadedEvidenceGraph:
    """A ``LinkGraph``; links that are not loaded are noted as missing when they are read."""

    def __init__(self, loader: BatchLoader) -> None:
        self._loader = loader
        self._missing: dict[str, dict[tuple[str, bool], None]] = defaultdict(dict)
        self._was_complete = True

    @property
    def is_missing(self) -> bool:
        return bool(self._missing)

    def was_complete(self) -> bool:
        """Whether every link read since the last call was loaded."""
        was_complete, self._was_complete = self._was_complete, True
        return was_complete

    def objects(self, node: str, predicate: str) -> list[str]:
        return self._read(node, predicate, False)

    def subjects(self, predicate: str, node: str) -> list[str]:
        return self._read(node, predicate, True)

    def name_of(self, iri: str) -> str:
        """The label of a speaker or source, or the last segment of its IRI."""
        labels = self._loader.loaded_values(iri, namespaces.PREF_LABEL)
        return select_text(labels or (), ()) or iri.rsplit("/", 1)[-1]

    def require(self, nodes: Iterable[str], links: Iterable[tuple[str, bool]]) -> None:
        """Note those of the links, (predicate, is inverse), that are not loaded."""
        links = tuple(links)
        for node in nodes:
            for predicate, is_inverse in links:
                if self._loader.loaded_values(node, predicate, inverse=is_inverse) is None:
                    self._missing[node][predicate, is_inverse] = None

    def require_names(self, iris: Iterable[str]) -> None:
        """Note the labels that are not loaded."""
        self.require((iri for iri in iris if iri != UNKNOWN_SPEAKER), ((namespaces.PREF_LABEL, False),))

    def request_missing(self, layer: Layer) -> None:
        """Request what is missing, nodes that lack the same links together."""
        groups: dict[tuple[tuple[str, bool], ...], list[str]] = defaultdict(list)
        for node, missing in self._missing.items():
            groups[tuple(missing)].append(node)
        for links, nodes in groups.items():
            layer.request(nodes, [PathStep(predicate, is_inverse) for predicate, is_inverse in links])
        self._missing.clear()

    def _read(self, node: str, predicate: str, is_inverse: bool) -> list[str]:
        values = self._loader.loaded_values(node, predicate, inverse=is_inverse)
        if values is None:
            self._missing[node][predicate, is_inverse] = None
            self._was_complete = False
            return []
        return [value for value in values if isinstance(value, str)]

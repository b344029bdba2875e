"""Names in a dossier and the IRIs they stand for: relative references, prefixed names, slugs of concepts.

Owns the dossier's own ``@context`` and the minting of IRIs for nodes that were given none. (JSON-LD 1.1, section
5.2; RFC 3986, section 5.)
"""

from collections.abc import Mapping
from urllib.parse import urljoin

import pyoxigraph as ox

from kg.errors import Finding, InputRejectedError
from kg.ingest.yaml_source import Value, YamlSource
from kg.jsonld_context import CONTEXT_IRI
from kg.namespaces import DATA_PREFIXES

_SCHEMES = ("http", "https", "urn")


class IriResolver:
    """The names that one dossier can use: those of the shipped context and the prefixes of its own."""

    def __init__(self, text: YamlSource, base_iri: str, reserved: Mapping[str, object]) -> None:
        self.base = f"{base_iri}id/"
        self.prefixes = {**DATA_PREFIXES, "ckd": self.base}
        self.language = "en"
        self.local: dict[str, object] = {}
        self.taken: set[str] = set()
        declared = text.value.get("@context", []) if isinstance(text.value, dict) else []
        for index, entry in enumerate(declared if isinstance(declared, list) else [declared]):
            path = ("@context", index) if isinstance(declared, list) else ("@context",)
            self._declare(entry, text, path, reserved)

    def iri(self, name: str) -> str:
        """The IRI a reference stands for. Raises ValueError, saying why, when it stands for none."""
        prefix, colon, rest = name.partition(":")
        if colon and prefix in self.prefixes:
            found = self.prefixes[prefix] + rest
        elif colon and prefix not in _SCHEMES:
            raise ValueError(f"the prefix {prefix!r} of {name!r} is not declared")
        else:
            found = urljoin(self.base, name)
        ox.NamedNode(found)  # refuses what is no IRI
        if any(character in found for character in ' "<>{}|\\^`'):
            raise ValueError(f"{name!r} is no IRI")
        return found

    def short(self, iri: str) -> str:
        """The IRI as a reference relative to the base, where it is under it."""
        return iri.removeprefix(self.base)

    def mint(self, kind: str, owner: str) -> str:
        """An IRI for a node without a name: its kind and the slug of its owner, numbered from the second on."""
        stem = f"{self.base}{kind}/{owner.rstrip('/').rsplit('/', 1)[-1]}"
        number, found = 1, stem
        while found in self.taken:
            number += 1
            found = f"{stem}-{number}"
        self.taken.add(found)
        return found

    def _declare(
        self, entry: Value, text: YamlSource, path: tuple[str | int, ...], reserved: Mapping[str, object]
    ) -> None:
        if entry == CONTEXT_IRI:
            return
        if not isinstance(entry, dict):
            cure = f"Name {CONTEXT_IRI} and, in a mapping, prefixes of your own; nothing is fetched."
            raise InputRejectedError([Finding(f"the context {entry!r}", cure, text.location(path), rule="context")])
        for name, definition in entry.items():
            if name == "@language" and isinstance(definition, str):
                self.local[name] = self.language = definition
            else:
                self._declare_prefix(name, definition, text, (*path, name), reserved)

    def _declare_prefix(
        self,
        name: str,
        definition: Value,
        text: YamlSource,
        path: tuple[str | int, ...],
        reserved: Mapping[str, object],
    ) -> None:
        iri = definition.get("@id") if isinstance(definition, dict) else definition
        if not isinstance(iri, str) or name in reserved or name.startswith("@") or ":" in name:
            example = '{NAME: {"@id": "ckd:statement/SLUG-", "@prefix": true}}'
            cure = f"A dossier's own context holds only new prefixes: {example}"
            raise InputRejectedError(
                [Finding(f"the context entry {name!r}", cure, text.location(path), rule="context")]
            )
        try:
            self.prefixes[name] = self.iri(iri)
        except ValueError as error:
            raise InputRejectedError(
                [Finding(str(error), "Correct it.", text.location(path), rule="context")]
            ) from None
        self.local[name] = {"@id": self.prefixes[name], "@prefix": True}

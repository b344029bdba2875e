"""The IRIs that names in a dossier denote: relative references, prefixed names, slugs of concepts.

Owns the dossier's own ``@context`` and the minting of IRIs for nodes without an id. (JSON-LD 1.1, section 5.2;
RFC 3986, section 5.)
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, urljoin

import pyoxigraph as ox

from kg import namespaces
from kg.errors import Finding, InputRejectedError
from kg.ingest.yaml_source import Path, Value, YamlSource
from kg.jsonld_context import CONTEXT_IRI

_SCHEMES = ("http", "https", "urn")
_NUMBER = re.compile("[0-9]{1,9}")
_NOT_IN_IRIS = frozenset(' "<>{}|\\^`')


class IriResolver:
    """Resolves the names of one dossier by the shipped context and the prefixes that the dossier declares."""

    def __init__(self, source: YamlSource, base_iri: str, context: Mapping[str, object]) -> None:
        self.base = f"{base_iri}id/"
        self.prefixes = {**namespaces.DATA_PREFIXES, "ckd": self.base}
        self.local_context: dict[str, object] = {}
        self.used: set[str] = set()
        """IRIs of the dossier's nodes, so that none is minted twice."""
        self._proposed: set[str] = set()
        self._source, self._reserved = source, context
        declared = source.value.get("@context", []) if isinstance(source.value, dict) else []
        for index, entry in enumerate(declared if isinstance(declared, list) else [declared]):
            self._declare(entry, ("@context", index) if isinstance(declared, list) else ("@context",))

    def resolve(self, name: str) -> str:
        """The IRI that a reference denotes. Raises ValueError when it denotes none."""
        prefix, colon, local = name.partition(":")
        if colon and prefix in self.prefixes:
            iri = self.prefixes[prefix] + local
        elif colon and prefix not in _SCHEMES:
            raise ValueError(f"the prefix {prefix!r} of {name!r} is not declared")
        else:
            iri = urljoin(self.base, name)
        ox.NamedNode(iri)  # raises ValueError for what is no IRI
        if not _NOT_IN_IRIS.isdisjoint(iri):
            raise ValueError(f"{name!r} is no IRI")
        return iri

    def resolve_reference(self, name: str) -> str:
        """The IRI that a reference denotes; of a name, such as Russian Navy, one that denotes nothing and is sought.

        Raises ValueError when it denotes none.
        """
        is_name = " " in name and ":" not in name
        return self.resolve(quote(name, safe="/") if is_name else name)

    def shorten(self, iri: str) -> str:
        """The IRI as a reference relative to the base, if it is under it."""
        return iri.removeprefix(self.base)

    def mint(self, kind: str, parent: str) -> str:
        """An IRI for a node without an id: its kind and the slug of its parent, numbered from the second on."""
        stem = f"{self.base}{kind}/{parent.rstrip('/').rsplit('/', 1)[-1]}"
        number, iri = 1, stem
        while iri in self.used:
            number += 1
            iri = f"{stem}-{number}"
        self.used.add(iri)
        return iri

    def propose(self, kind: str) -> str:
        """A new id for a resource of this kind, as the dossier would write it: ``st:13`` after ``st:12``.

        Without a prefix of the dossier's own for the kind, only the form of an id: no number would be free elsewhere.
        """
        stem = f"{self.base}{kind}/"
        prefix = next((name for name in self.local_context if self.prefixes.get(name, "").startswith(stem)), None)
        if prefix is None:
            return f"{kind}/SLUG"
        taken = (iri.removeprefix(self.prefixes[prefix]) for iri in self.used | self._proposed)
        number = max((int(rest) for rest in taken if _NUMBER.fullmatch(rest)), default=0) + 1
        self._proposed.add(f"{self.prefixes[prefix]}{number}")
        return f"{prefix}:{number}"

    def _declare(self, entry: Value, path: Path) -> None:
        if entry == CONTEXT_IRI:
            return
        if not isinstance(entry, dict):
            cure = f"Name {CONTEXT_IRI} and, in a mapping, prefixes of your own; nothing is fetched."
            raise self._rejection(f"the context {entry!r}", cure, path)
        for name, definition in entry.items():
            if name == "@language" and isinstance(definition, str):
                self.local_context[name] = definition
            else:
                self._declare_prefix(name, definition, (*path, name))

    def _declare_prefix(self, name: str, definition: Value, path: Path) -> None:
        iri = definition.get("@id") if isinstance(definition, dict) else definition
        if not isinstance(iri, str) or name in self._reserved or name.startswith("@") or ":" in name:
            example = '{NAME: {"@id": "ckd:statement/SLUG-", "@prefix": true}}'
            cure = f"A dossier's own context contains only new prefixes: {example}"
            raise self._rejection(f"the context entry {name!r}", cure, path)
        try:
            self.prefixes[name] = self.resolve(iri)
        except ValueError as error:
            raise self._rejection(str(error), "Correct it.", path) from None
        self.local_context[name] = {"@id": self.prefixes[name], "@prefix": True}

    def _rejection(self, message: str, cure: str, path: Path) -> InputRejectedError:
        return InputRejectedError([Finding(message, cure, self._source.location(path), rule="context")])

"""Writes N-Quads: terms are strings in N-Triples syntax, predicates are prefixed names."""

from collections.abc import Iterable

from kg import namespaces

NAMESPACES = {
    "ck": namespaces.CK,
    "dcterms": namespaces.DCTERMS,
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": namespaces.OA,
    "owl": namespaces.OWL,
    "rdf": namespaces.RDF,
    "skos": namespaces.SKOS,
}
LICENCE = "<https://creativecommons.org/licenses/by/4.0/>"


class NQuadsWriter:
    """Collects the lines of one named graph."""

    def __init__(self, graph: str, names: dict[str, str]) -> None:
        self.graph = graph
        self._end = f" {graph} .\n"
        self._names = names
        self._lines: list[str] = []

    def add(self, subject: str, *pairs: tuple[str, str]) -> None:
        """Add a line for each predicate and object."""
        for name, value in pairs:
            predicate = self._names.get(name) or self._expand(name)
            self._lines.append(f"{subject} {predicate} {value}{self._end}")

    def add_typed(self, subject: str, class_name: str, *pairs: tuple[str, str]) -> None:
        """Add the class, then a line for each predicate and object."""
        self.add(subject, ("rdf:type", iri(f"ck:{class_name}")), *pairs)

    def text(self) -> str:
        return "".join(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def _expand(self, name: str) -> str:
        self._names[name] = iri(name)
        return self._names[name]


def add_metadata(out: NQuadsWriter, class_name: str, title: str, recorder: str, *more: tuple[str, str]) -> None:
    """Describe the named graph itself."""
    out.add_typed(
        out.graph,
        class_name,
        ("dcterms:title", english(title)),
        ("dcterms:license", LICENCE),
        ("ck:recordedBy", recorder),
        ("owl:versionInfo", string("1")),
        *more,
    )


def iri(name: str) -> str:
    prefix, local = name.split(":", 1)
    return f"<{NAMESPACES[prefix]}{local}>"


def concept(name: str) -> str:
    """The IRI of a concept, given as ``hedge/none``."""
    return f"<{namespaces.VOCAB}{name}>"


def concepts(scheme: str, names: Iterable[str]) -> list[str]:
    return [concept(f"{scheme}/{name}") for name in names]


def lang_string(text: str, language: str) -> str:
    return f'"{_escape(text)}"@{language}'


def english(text: str) -> str:
    return lang_string(text, "en")


def string(text: str) -> str:
    return f'"{_escape(text)}"'


def integer(value: int) -> str:
    return f'"{value}"^^<{namespaces.XSD}integer>'


def date(iso: str) -> str:
    return f'"{iso}"^^<{namespaces.XSD}date>'


def edtf(text: str) -> str:
    return f'"{text}"^^<{namespaces.EDTF}>'


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

"""N-Quads as text: terms are strings in that syntax, predicates are short names."""

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
    """The lines of one home graph, gathered."""

    def __init__(self, graph: str, names: dict[str, str]) -> None:
        self.graph = graph
        self._end = f" {graph} .\n"
        self._names = names
        self._lines: list[str] = []

    def add(self, subject: str, *pairs: tuple[str, str]) -> None:
        """One line for each predicate and object."""
        for name, value in pairs:
            predicate = self._names.get(name) or self._expanded(name)
            self._lines.append(f"{subject} {predicate} {value}{self._end}")

    def typed(self, subject: str, class_name: str, *pairs: tuple[str, str]) -> None:
        """The same, with the class first."""
        self.add(subject, ("rdf:type", iri(f"ck:{class_name}")), *pairs)

    def text(self) -> str:
        return "".join(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def _expanded(self, name: str) -> str:
        self._names[name] = iri(name)
        return self._names[name]


def described(lines: NQuadsWriter, class_name: str, title: str, recorder: str, *more: tuple[str, str]) -> None:
    """Say what the home graph is."""
    lines.typed(
        lines.graph,
        class_name,
        ("dcterms:title", words(title)),
        ("dcterms:license", LICENCE),
        ("ck:recordedBy", recorder),
        ("owl:versionInfo", plain("1")),
        *more,
    )


def iri(name: str) -> str:
    prefix, local = name.split(":", 1)
    return f"<{NAMESPACES[prefix]}{local}>"


def concept(name: str) -> str:
    """``hedge/none`` as a term."""
    return f"<{namespaces.VOCAB}{name}>"


def concepts(scheme: str, names: Iterable[str]) -> list[str]:
    return [concept(f"{scheme}/{name}") for name in names]


def words(text: str, language: str = "en") -> str:
    return f'"{_escaped(text)}"@{language}'


def plain(text: str) -> str:
    return f'"{_escaped(text)}"'


def number(value: int) -> str:
    return f'"{value}"^^<{namespaces.XSD}integer>'


def date(iso: str) -> str:
    return f'"{iso}"^^<{namespaces.XSD}date>'


def edtf(text: str) -> str:
    return f'"{text}"^^<{namespaces.EDTF}>'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

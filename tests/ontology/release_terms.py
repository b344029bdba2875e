"""Adds all declared terms to the list of released terms. Run it for a release, never to make a test pass."""

from pathlib import Path

from rdflib import OWL, RDF, SKOS, Graph

BASE = "https://w3id.org/conflict-kg/"
KINDS = (
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    SKOS.ConceptScheme,
    SKOS.Concept,
)
HERE = Path(__file__).resolve().parent
LIST = HERE / "released-terms.txt"


def main() -> None:
    graph = Graph()
    for folder in ("ontology", "shapes"):
        for file in sorted((HERE.parents[1] / folder).rglob("*.ttl")):
            graph.parse(file, publicID=BASE)
    before = LIST.read_text("utf-8").splitlines()[1:] if LIST.exists() else []
    declared = {str(term).removeprefix(BASE) for kind in KINDS for term in graph.subjects(RDF.type, kind)}
    version = next(str(value) for value in graph.objects(None, OWL.versionInfo))
    LIST.write_text("\n".join([f"# {version}", *sorted({*before, *declared})]) + "\n", "utf-8")


if __name__ == "__main__":
    main()

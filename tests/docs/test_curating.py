"""The guide for curators: its dossier loads, its commands print what it shows, and each example of its tables loads."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from in_process import InProcessGraph

from kg import namespaces
from kg.ingest.dossier.scaffold import Scaffold, Voice
from kg.ingest.verification import verify_text
from kg.schema.model import Schema
from kg.settings import Settings
from kg.source_archive import sha256_hex
from kg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "curating.md"
RENEW = f"PYTHONPATH=.:tests/support python {Path(__file__).relative_to(ROOT)}"
BLOCK = re.compile(r"^```console\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\| (?P<text>[^|]+) \| (?P<code>`[^|]+`) \|$", re.MULTILINE)
ACTORS = ("marsh", "ministry", "front", "army", "agency", "orr")
PLACES = ("mill", "depot", "school", "barracks", "ilm", "ostra")
UNNAMED = ("spokesman", "witnesses", "empty", "claimants", "residents", "pilots")


def read_example(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return str(block)


# --- the dossier and the commands ------------------------------------------------------------------------------------


def dossier_of_the_guide(scaffold: str) -> str:
    """What kg new wrote at the beginning, and what the guide goes on with."""
    return f"{scaffold.partition('# --- who')[0]}{read_example('yaml')}"


def run_tour(folder: Path) -> Iterator[str]:
    """The console blocks of the guide with the output that the commands have."""
    (folder / "archive").mkdir()
    (folder / "archive" / "mill.txt").write_bytes(read_example("text").encode())
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    environment = inherited | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "KG_DATA_DIR": "data",
        "KG_ARCHIVE_DIR": "archive",
    }
    for block in BLOCK.finditer(GUIDE.read_text(encoding="utf-8")):
        lines = []
        for command in re.findall(r"^\$ (.+)$", block["body"], re.MULTILINE):
            words = re.findall(r'"([^"]*)"|(\S+)', command)
            process = subprocess.run(
                [quoted or word for quoted, word in words],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            lines.append(f"$ {command}\n{process.stdout}")
        yield "".join(lines)
        dossier = folder / "mill.yaml"
        dossier.write_text(dossier_of_the_guide(dossier.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.slow
def test_commands_print_the_output_shown(tmp_path: Path) -> None:
    shown = [block["body"] for block in BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))]
    assert list(run_tour(tmp_path)) == shown, f"if the new output is right, renew the guide: {RENEW}"


def test_source_of_the_guide_is_the_one_that_kg_new_writes() -> None:
    text = read_example("text")
    courier = Voice("actor/example-courier", "Example Courier")
    scaffold = Scaffold("mill", text, Voice("actor/ada-marsh", "Ada Marsh", type=namespaces.PERSON), courier).render()
    head, _, _ = read_example("yaml").partition("sources:\n")[2].partition("    reports:")
    assert f"    sha256: {sha256_hex(text)}\n" in head
    assert [line for line in head.splitlines() if line.replace('"', "") not in scaffold.replace('"', "")] == []


def test_dossier_of_the_guide_loads_without_findings_and_its_quotes_are_verified(tmp_path: Path) -> None:
    text = read_example("text")
    (tmp_path / "mill.txt").write_bytes(text.encode())
    graph = InProcessGraph.create(Settings(archive_dir=tmp_path), EmbeddedStore.in_memory())
    dossier = dossier_of_the_guide(Scaffold("mill", text, Voice("actor/x", "x")).render())
    assert graph.load([graph.ingestor.read(dossier.encode(), "mill.yaml")]).warnings == ()
    report = verify_text(graph.store.quads(), text.encode())
    assert (report.verified, report.findings) == (dossier.count("{exact:"), ())


# --- the tables ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row of the tables of what to write."""

    text: str
    statements: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return self.text.replace("*", "")

    @property
    def quotes(self) -> list[str]:
        return re.findall(r"\*\*(.+?)\*\*", self.text)


def read_rows() -> list[Row]:
    page = GUIDE.read_text(encoding="utf-8").partition("\n## What to write\n")[2].partition("\n## Hedges\n")[0]
    return [Row(row["text"], tuple(re.findall("`(.+?)`", row["code"]))) for row in ROW.finditer(page)]


def dossier_of_rows(rows: list[Row]) -> tuple[str, str]:
    """A text of all sentences, and the dossier of all statements, with ids and quotes."""
    filler = "\nQuotes are short, and most of a text is not quoted." * 2 * len(rows)
    text = "\n".join(row.sentence for row in rows) + f"{filler}\n"
    lines = [
        *('"@context":', "  - https://w3id.org/conflict-kg/context"),
        *(f'  - {name}: {{"@id": "ckd:{kind}/rows-", "@prefix": true}}' for name, kind in PREFIXES.items()),
        *("id: ../graph/rows", "type: Dossier", "title: rows", "recordedBy: actor/conflict-kg", 'version: "1"'),
        *("license: https://creativecommons.org/licenses/by/4.0/", "actors:"),
        *(f"  - {{id: actor/{name}, type: Organization, prefLabel: {name}}}" for name in ACTORS),
        *(f"  - {{id: actor/unnamed-{name}, type: UnnamedActor, prefLabel: {name}}}" for name in UNNAMED),
        "places:",
        *(f"  - {{id: place/{name}, type: Place, placeKind: town, prefLabel: {name}}}" for name in PLACES),
        *("zones:", "  - {id: zone/ilm, type: Zone, prefLabel: zone}", "incidents:"),
        *(f"  - {{id: incident/{number}, type: Incident, prefLabel: incident {number}}}" for number in range(1, 5)),
        *("sources:", "  - {id: source/video, type: Source, sourceKind: video, prefLabel: video}"),
        *("  - id: source/rows", "    type: Source", "    sourceKind: article", "    prefLabel: rows"),
        *(
            "    creator: actor/marsh",
            f"    characters: {len(text)}",
            f"    sha256: {sha256_hex(text)}",
            "    reports:",
        ),
    ]
    for row in rows:
        for index, statement in enumerate(row.statements):
            words = row.quotes[min(index, len(row.quotes) - 1)]
            lines.append(f'      - {{{statement}, quote: {{exact: "{words}"}}}}')
    return text, "\n".join([*lines, ""])


def test_every_statement_of_the_tables_has_an_id_of_its_own() -> None:
    statements = [statement for row in read_rows() for statement in row.statements]
    ids = re.findall(r"^id: (st:[a-z0-9-]+),", "\n".join(statements), re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(statements)


PREFIXES: Mapping[str, str] = {"st": "statement", "prop": "proposition", "num": "count", "psg": "passage"}


@pytest.mark.slow
def test_every_example_of_the_tables_loads_without_findings(tmp_path: Path) -> None:
    text, dossier = dossier_of_rows(read_rows())
    (tmp_path / "rows.txt").write_bytes(text.encode())
    graph = InProcessGraph.create(Settings(archive_dir=tmp_path), EmbeddedStore.in_memory())
    assert graph.load([graph.ingestor.read(dossier.encode(), "rows.yaml")]).warnings == ()


def test_the_tables_have_every_act_and_kind_of_proposition(schema: Schema) -> None:
    page = GUIDE.read_text(encoding="utf-8")
    acts = ("asserts", "denies", "leavesOpen", "supposes", "declares", "relays", "retracts")
    written = " ".join(statement for row in read_rows() for statement in row.statements)
    assert [act for act in acts if f" {act}: " not in written] == []
    (proposition,) = [cls.iri for cls in schema.classes.values() if cls.name == "Proposition"]
    kinds = {schema.classes[iri].name for iri in schema.leaves((proposition,))}
    assert {kind for kind in kinds if f"type: {kind}," not in written and f"`{kind}`" not in page} == set()


def test_every_hedge_but_the_groups_is_in_the_table(schema: Schema) -> None:
    page = GUIDE.read_text(encoding="utf-8").partition("\n## Hedges\n")[2].partition("\n## Dates\n")[0]
    (scheme,) = [scheme for iri, scheme in schema.schemes.items() if iri.endswith("/hedge")]
    groups = {"flat", "attribution", "likelihood", "possibility", "openness", "distance", "record"}
    assert {concept.slug for concept in scheme.concepts} - set(re.findall("`([a-z-]+)`", page)) == groups


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        outputs = run_tour(Path(directory))
        renewed = BLOCK.sub(lambda _: f"```console\n{next(outputs)}```", GUIDE.read_text(encoding="utf-8"))
    GUIDE.write_text(renewed, encoding="utf-8")

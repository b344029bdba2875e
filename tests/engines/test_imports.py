"""``kg import`` into an engine: what the rows say is there, judged first, and completed if it was interrupted."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from sample_rows import write_rows

from kg.package_data import find_folder
from kg.settings import DEFAULT_BASE_IRI
from kg.store.interface import normalize
from kg.store.remote import RemoteStore

pytestmark = pytest.mark.slow

KG = str(Path(sys.executable).parent / "kg")
GRAPH = ox.NamedNode(f"{DEFAULT_BASE_IRI}graph/ucdp-ged")
DERIVED = re.compile("earliest|latest|span", re.IGNORECASE)
"""What loading adds to a document: days of dates."""


class Importer:
    """Imports into one engine."""

    def __init__(self, engine: str, directory: Path) -> None:
        self.engine, self._directory = engine, directory

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        own = {"KG_STORE": self.engine, "KG_DATA_DIR": str(self._directory / "data"), "KG_EMPTY": "yes"}
        return {**kept, **own, **more}

    def run(self, *arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
        command = [KG, *map(str, arguments)]
        environment = self.environment(**more)
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)

    def expected(self, rows: Path) -> frozenset[ox.Quad]:
        """What the rows say."""
        document = self._directory / "rows.nq"
        result = self.run("import", "ucdp-ged", "--quiet", "--output", document, rows)
        assert result.returncode == 0, result.stderr[-2000:]
        return normalize(ox.parse(path=str(document), format=ox.RdfFormat.N_QUADS))

    def stored(self) -> frozenset[ox.Quad]:
        """What the engine has of them."""
        with closing(RemoteStore.open(self.engine, timeout=60)) as store:
            return frozenset(quad for quad in store.quads(GRAPH) if not DERIVED.search(quad.predicate.value))


@pytest.fixture
def importer(import_engine: str, tmp_path: Path) -> Importer:
    """With the reference data alone, so that all events are those of a test."""
    made = Importer(import_engine, tmp_path)
    loaded = made.run("load", *find_folder("data").glob("reference/*.ttl"))
    assert loaded.returncode == 0, loaded.stderr[-2000:]
    return made


def test_an_import_is_what_the_rows_say_and_replaces_what_they_said(importer: Importer, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv", 300)
    first = importer.run("import", "ucdp-ged", rows, KG_STORE_REQUEST_QUADS="4000")
    assert first.returncode == 0, first.stderr[-2000:]
    assert re.search(r"sent in \d+ requests", first.stderr)
    assert importer.stored() == importer.expected(rows)
    again = importer.run("import", "ucdp-ged", rows)
    assert "nothing changed" in again.stderr
    text = rows.read_text(encoding="utf-8")
    rows.write_text(text + text.splitlines()[-1].replace("1000299,", "1000300,") + "\n", encoding="utf-8")
    dry_run = importer.run("import", "ucdp-ged", "--dry-run", rows)
    assert "graph/ucdp-ged: +" in dry_run.stdout
    more = importer.run("import", "ucdp-ged", rows)
    assert more.returncode == 0, more.stderr[-2000:]
    assert importer.expected(rows) <= importer.stored()


def test_what_does_not_conform_changes_nothing(importer: Importer, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.csv", 100)
    assert importer.run("import", "ucdp-ged", rows).returncode == 0
    before = importer.stored()
    broken = tmp_path / "broken.nq"
    lines = [str(quad) for quad in before if not quad.predicate.value.endswith("#speaker")]
    broken.write_text("".join(f"{line} .\n" for line in lines), encoding="utf-8")
    refused = importer.run("load", broken, KG_BULK_LOAD_MB="0")
    assert refused.returncode == 1
    assert "violation" in refused.stderr
    assert importer.stored() == before


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_killed_is_completed_by_the_next_command(
    importer: Importer, tmp_path: Path, kill: signal.Signals
) -> None:
    old, new = write_rows(tmp_path / "old.csv", 100), write_rows(tmp_path / "new.csv", 200, first_id=1_000_050)
    assert importer.run("import", "ucdp-ged", old).returncode == 0
    before = importer.stored()
    command = [KG, "import", "ucdp-ged", "--quiet", str(new)]
    environment = importer.environment(KG_STORE_REQUEST_QUADS="50")
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        with closing(RemoteStore.open(importer.engine, timeout=60)) as store:
            count = store.count_quads()
            while process.poll() is None and store.count_quads() == count:
                time.sleep(0.01)
        process.send_signal(kill)
        with closing(RemoteStore.open(importer.engine, timeout=60)) as store:
            partly = store.count_quads()
    again = importer.run("import", "ucdp-ged", new)
    assert again.returncode == 0, again.stderr[-2000:]
    assert "nothing changed" in again.stderr, "opening the engine has completed it"
    assert "0 new, 0 changed, 0 withdrawn" in again.stderr
    assert importer.expected(new) <= importer.stored()
    assert before - importer.stored() <= importer.expected(old)
    with closing(RemoteStore.open(importer.engine, timeout=60)) as store:
        assert count < partly != store.count_quads(), "it was killed while it was sent"

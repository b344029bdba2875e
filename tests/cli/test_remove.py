"""``kg remove``: home graphs by name, IRI or file, all of them or none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., Any]
BASE = "https://w3id.org/conflict-kg/"
POST, INVENTED = f"{BASE}graph/post", f"{BASE}graph/invented"


def graphs(run: Run, data_dir: Path) -> str:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    return str(run("query", query, "--format", "csv", "--data-dir", data_dir).out)


@pytest.mark.parametrize("by", ["name", "IRI", "file"])
def test_graph_is_removed_by_name_iri_or_file(by: str, run: Run, data_dir: Path, example: Path) -> None:
    name = {"name": "post", "IRI": POST, "file": str(example / "post.yaml")}[by]
    dry = run("remove", "--dry-run", name, "--data-dir", data_dir)
    assert (dry.code, dry.out.partition("\n")[0].startswith(f"{POST}: +0 -")) == (0, True)
    assert "  - incident: Friday, the post\n" in dry.out
    assert POST in graphs(run, data_dir)
    removed = run("remove", name, "--data-dir", data_dir)
    assert (removed.code, removed.out) == (0, "")
    assert f"{POST}: +0 -" in removed.err
    assert POST not in graphs(run, data_dir)


def test_graph_that_is_needed_stays_and_both_can_go_together(run: Run, data_dir: Path) -> None:
    refused = run("remove", "invented", "--data-dir", data_dir)
    assert (refused.code, refused.out) == (1, "")
    assert "actor/council: would be removed, but" in refused.err
    assert INVENTED in graphs(run, data_dir)
    assert run("remove", "--quiet", "invented", "post", "--data-dir", data_dir).err == ""
    assert POST not in graphs(run, data_dir)


def test_unknown_graph_is_wrong_usage(run: Run, data_dir: Path) -> None:
    result = run("remove", "post", "no-such-graph", "--data-dir", data_dir)
    assert (result.code, result.out) == (2, "")
    assert "no-such-graph" in result.err
    assert POST in graphs(run, data_dir)

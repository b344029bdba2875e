import pytest
from click.testing import CliRunner

from api.procedures import create_procedures
from bench import lint_cost
from bench.lint_cost import main
from kg.execution.procedure import LINT_QUERY
from kg.settings import Settings


def test_the_server_without_lint_has_all_other_procedures() -> None:
    others = create_procedures(Settings()).keys() - {LINT_QUERY}
    assert lint_cost.create_procedures(Settings()).keys() == others


@pytest.mark.slow
def test_a_small_run_prints_both_times_and_their_ratio() -> None:
    run = CliRunner().invoke(main, ["--quads=10000", "--rounds=2"])
    assert run.exit_code == 0, run.output
    assert "lint, warm small GET: " in run.output
    assert "(at most 1.1)" in run.output

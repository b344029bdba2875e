"""A small run of ``bench.writing``: every aim but the one with less data is measured, on servers of its own."""

import pytest
from click.testing import CliRunner

from bench.writing import main

pytestmark = pytest.mark.slow


def test_a_small_run_measures_every_aim() -> None:
    options = ["--quads", "10000", "--less", "10000", "--count", "3", "--seconds", "1"]
    result = CliRunner().invoke(main, options, catch_exceptions=False)
    assert result.exit_code == 0
    for aim in ("a statement alone", "one statement of 16 writers", "a second of 16 writers", "95 %"):
        assert aim in result.stdout

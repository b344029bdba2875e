"""Workers are copies of one process, but their random numbers are not."""

import subprocess
import sys

import pytest

_FORK_TWICE = """
import os
import pyoxigraph as ox
from kg.execution.worker import renew_random_numbers
store = ox.Store()
ox.BlankNode()  # the generator exists before the fork
for _ in range(2):
    if os.fork() == 0:
        renew_random_numbers()
        (row,) = store.query("SELECT (UUID() AS ?u) (RAND() AS ?r) (BNODE() AS ?b) {}")
        print(row["u"].value, row["r"].value, row["b"].value, ox.BlankNode().value, flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.slow
def test_two_forks_of_one_process_have_different_random_numbers() -> None:
    program = subprocess.run([sys.executable, "-c", _FORK_TWICE], capture_output=True, text=True, check=True)
    one, two = (line.split() for line in program.stdout.splitlines())
    assert len({*one, *two}) == len(one) + len(two)

"""Procedures for tests: ``graphql`` does what its content says, as a request would that is too much for a worker."""

import signal
import time
from collections.abc import Mapping
from typing import Any

from kg.execution.procedure import Procedures, Reply
from kg.graphql.interface import EXECUTE, Outcome, Stage
from kg.settings import Settings
from kg.store.interface import Store

BYTES = 4_000_000_000


def create(_settings: Settings) -> Procedures:
    """The one procedure."""
    return {EXECUTE: execute}


def execute(_store: Store, _arguments: Mapping[str, Any], content: bytes) -> Reply:
    """Sleep, allocate, crash or fail; answer anything else."""
    match content:
        case b"sleep":
            time.sleep(60)
        case b"allocate":
            bytearray(BYTES)
        case b"crash":
            signal.raise_signal(signal.SIGSEGV)
        case b"fail":
            raise KeyError("a secret")
    properties = Outcome(stage=Stage.EXECUTED, has_data=True).to_properties()
    return Reply(media_type="application/json", body=[b'{"data":{}}'], properties=properties)

"""Batches of rows mapped by the workers of a Dask cluster, each of which has this package.

Owns the connection to the scheduler. A batch whose worker is lost is mapped again by another, and its result taken
once: what is written is what one machine writes. Needs the extra ``dask``.
"""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kg.datasets import functions, mapping, row_graph
from kg.datasets.batch_executor import ClusterError, map_in_order
from kg.datasets.mapping import Batch, FileMapping, MappedBatch
from kg.errors import BadParameterError

if TYPE_CHECKING:
    from distributed import Client, Future

_CONNECT_S = 10
_WORKERS_S = 30
"""How long a worker may take to appear."""
_BATCHES_PER_THREAD = 3
"""In work or waiting, for each thread of the cluster."""


class DaskExecutor:
    """Maps batches on the cluster whose scheduler is at an address, as tcp://host:8786."""

    def __init__(self, address: str) -> None:
        """Raises BadParameterError if Dask is not installed."""
        if find_spec("distributed") is None:
            raise BadParameterError("--on", "Dask is not installed: pip install 'conflict-kg[dask]'")
        self._address = address

    def map(self, step: FileMapping, batches: Iterable[Batch]) -> Iterator[MappedBatch]:
        """See ``kg.datasets.batch_executor.BatchExecutor.map``."""
        client = self._connect()
        try:
            threads = sum(client.nthreads().values())

            def submit(batch: Batch) -> "_DaskFuture":
                # The step goes with each batch: what is given to workers beforehand is lost with them.
                return _DaskFuture(client.submit(_map, step, batch, pure=False), self._address)

            yield from map_in_order(submit, batches, max(_BATCHES_PER_THREAD * threads, 4))
        finally:
            client.close(timeout=1)

    def _connect(self) -> "Client":
        from distributed import Client

        # It logs a traceback where it loses the scheduler, which is told as an error.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            client = Client(self._address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise ClusterError(self._address, f"the scheduler does not answer: {error}") from error
        try:
            client.wait_for_workers(1, timeout=_WORKERS_S)
        except OSError as error:
            client.close(timeout=1)
            raise ClusterError(self._address, f"it has no worker: {error}") from error
        return client


class _DaskFuture:
    """A result that a worker of the cluster owes."""

    def __init__(self, future: "Future[tuple[str, MappedBatch]]", address: str) -> None:
        self._future, self._address = future, address

    def result(self) -> MappedBatch:
        """The result. Raises what mapping raises, or ClusterError."""
        from distributed import KilledWorker

        try:
            result: tuple[str, MappedBatch] = self._future.result()
        except KilledWorker as error:
            raise ClusterError(self._address, f"several workers have ended over the same rows: {error}") from error
        except (CancelledError, OSError) as error:
            raise ClusterError(self._address, "the scheduler does not answer any more") from error
        except (ImportError, RuntimeError) as error:
            cure = "the scheduler and all workers need the same conflict-kg as this command"
            raise ClusterError(self._address, f"{error.__cause__ or error}; {cure}") from error
        made_by, mapped = result
        if made_by != _fingerprint():
            raise ClusterError(self._address, "a worker has another version of conflict-kg or of its engine")
        return mapped

    def cancel(self) -> None:
        """See ``kg.datasets.batch_executor.Future``."""
        self._future.cancel()


def _map(step: FileMapping, batch: Batch) -> tuple[str, MappedBatch]:
    """The step, and what has done it."""
    return _fingerprint(), step(batch)


@cache
def _fingerprint() -> str:
    """Identifies what decides about the bytes of a result."""
    sources = (Path(str(module.__file__)).read_bytes() for module in (functions, mapping, row_graph))
    return sha256(b"".join([version("pyoxigraph").encode(), *sources])).hexdigest()

"""Throughput with many clients, each sending its next request as soon as the last one is answered.

Uses ``wrk`` if it is installed, because it takes little of the processors that it shares with the servers. The Python
load generator takes much, which makes a fast server look slower than it is and flatters ratios to it.
"""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from bench.client import Connection
from bench.processes import Command

CLIENTS = 16
_PROCESSES = 2
_SCRIPT = """
local requests = { %s }
local at = 0
request = function() at = at %% #requests + 1; return requests[at] end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"requests": %%d, "microseconds": %%d, "p50": %%f, "p95": %%f, ' ..
    '"errors": {"status": %%d, "connect": %%d, "read": %%d, "write": %%d, "timeout": %%d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Responses per second, latency and errors of one server under load."""

    per_second: float
    p50_ms: float
    p95_ms: float
    errors: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    """The errors by kind."""


def load_generator() -> str:
    """The name of the program that sends the requests."""
    return "wrk" if shutil.which("wrk") else "python"


def measure_throughput(port: int, requests: Sequence[bytes], seconds: int, work: Path) -> Throughput:
    """Send these requests in turn for so long, after a warm-up."""
    run = _run_wrk if load_generator() == "wrk" else _run_python
    run(port, requests, max(1, seconds // 4), work)
    return run(port, requests, seconds, work)


def _run_wrk(port: int, requests: Sequence[bytes], seconds: int, work: Path) -> Throughput:
    script, log = work / "wrk.lua", work / "wrk.log"
    script.write_text(_SCRIPT % ", ".join(map(_lua_string, requests)))
    log.unlink(missing_ok=True)
    options = ["-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout=60s", "-s", str(script)]
    Command(["wrk", *options, f"http://127.0.0.1:{port}"]).run(log, seconds + 90)
    summary = json.loads(log.read_text().rstrip().rpartition("\n")[2])
    rate = summary["requests"] / summary["microseconds"] * 1e6
    kinds = {kind: count for kind, count in summary["errors"].items() if count}
    return Throughput(rate, summary["p50"] / 1e3, summary["p95"] / 1e3, sum(kinds.values()), kinds)


def _lua_string(data: bytes) -> str:
    return '"' + "".join(f"\\{byte:03d}" for byte in data) + '"'


def _run_python(port: int, requests: Sequence[bytes], seconds: int, _work: Path) -> Throughput:
    shares = [(port, list(requests[part:]) + list(requests[:part]), seconds) for part in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_run_clients, shares))
    times = sorted(time_s for times, _ in parts for time_s in times)
    kinds = Counter(error for _, errors in parts for error in errors)
    if not times:
        return Throughput(0, 0, 0, kinds.total(), kinds)
    p50, p95 = (times[int(len(times) * share) - 1] * 1e3 for share in (0.5, 0.95))
    return Throughput(len(times) / seconds, p50, p95, kinds.total(), kinds)


def _run_clients(share: tuple[int, list[bytes], int]) -> tuple[list[float], list[str]]:
    """The times of all responses and the errors, of the clients of one process."""
    port, requests, seconds = share
    times: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + seconds

    def run_client(position: int) -> None:
        try:
            with Connection(port, 60) as connection:
                while (started := time.monotonic()) < end:
                    position += 1
                    connection.send(requests[position % len(requests)])
                    times.append(time.monotonic() - started)
        except (OSError, RuntimeError) as error:
            errors.append(str(error)[:200])

    clients = [threading.Thread(target=run_client, args=(number,)) for number in range(CLIENTS // _PROCESSES)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return times, errors

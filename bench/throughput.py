"""Many clients at once, each asking again as soon as it is answered.

``wrk`` does it where it is installed, because it takes little of the processors that it shares with the servers. The
stand-in in Python takes much, which makes a fast server look slower than it is: ratios to it then flatter.
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
  local wrong = summary.errors
  io.write(string.format('\\n{"requests": %%d, "microseconds": %%d, "p50": %%f, "p95": %%f, ' ..
    '"errors": {"status": %%d, "connect": %%d, "read": %%d, "write": %%d, "timeout": %%d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    wrong.status, wrong.connect, wrong.read, wrong.write, wrong.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """What a server gave to a crowd."""

    per_second: float
    p50_ms: float
    p95_ms: float
    errors: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    """The errors by what went wrong."""


def tool() -> str:
    """What makes the crowd."""
    return "wrk" if shutil.which("wrk") else "python"


def flow(port: int, requests: Sequence[bytes], seconds: int, work: Path) -> Flow:
    """The crowd sends these requests in turn for so long; a warm-up goes before."""
    measure = _with_wrk if tool() == "wrk" else _with_python
    measure(port, requests, max(1, seconds // 4), work)
    return measure(port, requests, seconds, work)


def _with_wrk(port: int, requests: Sequence[bytes], seconds: int, work: Path) -> Flow:
    script, log = work / "crowd.lua", work / "crowd.log"
    script.write_text(_SCRIPT % ", ".join(map(_lua, requests)))
    log.unlink(missing_ok=True)
    options = ["-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout=60s", "-s", str(script)]
    Command(["wrk", *options, f"http://127.0.0.1:{port}"]).run(log, seconds + 90)
    told = json.loads(log.read_text().rstrip().rpartition("\n")[2])
    rate = told["requests"] / told["microseconds"] * 1e6
    kinds = {kind: count for kind, count in told["errors"].items() if count}
    return Flow(rate, told["p50"] / 1e3, told["p95"] / 1e3, sum(kinds.values()), kinds)


def _lua(data: bytes) -> str:
    return '"' + "".join(f"\\{byte:03d}" for byte in data) + '"'


def _with_python(port: int, requests: Sequence[bytes], seconds: int, work: Path) -> Flow:
    share = [(port, list(requests[part:]) + list(requests[:part]), seconds) for part in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_part, share))
    times = sorted(each for part, _ in parts for each in part)
    kinds = Counter(error for _, errors in parts for error in errors)
    if not times:
        return Flow(0, 0, 0, kinds.total(), kinds)
    p50, p95 = (times[int(len(times) * share) - 1] * 1e3 for share in (0.5, 0.95))
    return Flow(len(times) / seconds, p50, p95, kinds.total(), kinds)


def _part(share: tuple[int, list[bytes], int]) -> tuple[list[float], list[str]]:
    port, requests, seconds = share
    times: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + seconds

    def client(start: int) -> None:
        try:
            with Connection(port, 60) as connection:
                while (begun := time.monotonic()) < end:
                    start += 1
                    connection.post(requests[start % len(requests)])
                    times.append(time.monotonic() - begun)
        except (OSError, RuntimeError) as error:
            errors.append(str(error)[:200])

    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS // _PROCESSES)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return times, errors

"""What of the files of a store may be left by a power cut: what was synced, and of the rest any part.

Reads a trace of system calls by strace (``TRACED_CALLS``) for how much of each log and journal had been written when it
was last synced. Trusts the engine to sync its other files before it refers to them.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"^\d+ +<\.\.\. \w+ resumed>")
TRACED_CALLS = "write,pwrite64,fsync,fdatasync,ftruncate"
_CALL = re.compile(
    r"^\d+ +(?P<name>\w+)\(\d+<(?P<path>[^>]*\.(?:log|journal))>(?P<arguments>.*)\) += (?P<result>\d+)$", re.MULTILINE
)


def read_synced_lengths(trace: str) -> dict[Path, int]:
    """How long each log and journal was when it was last synced; 0 for one that never was."""
    written: dict[Path, int] = defaultdict(int)
    synced: dict[Path, int] = {}
    for call in _CALL.finditer("\n".join(_join_calls(trace.splitlines()))):
        path, name, result = Path(call["path"]), call["name"], int(call["result"])
        synced.setdefault(path, 0)
        match name:
            case "write":
                written[path] += result
            case "pwrite64":
                written[path] = max(written[path], int(call["arguments"].rpartition(",")[2]) + result)
            case "ftruncate":
                written[path] = int(call["arguments"].rpartition(",")[2])
            case _:
                synced[path] = written[path]
    return synced


def _join_calls(lines: Iterable[str]) -> Iterator[str]:
    """The calls, each in one line where it ended: strace divides one during which another process makes a call."""
    begun: dict[str, str] = {}
    for line in lines:
        process = line.partition(" ")[0]
        if line.endswith(_UNFINISHED):
            begun[process] = line.removesuffix(_UNFINISHED)
        elif (resumed := _RESUMED.match(line)) is not None:
            yield begun.pop(process, "") + line[resumed.end() :]
        else:
            yield line


def cut_power(directory: Path, trace: str, chance: random.Random) -> int:
    """Take back a random part of what was not synced, in all files of the directory; how many bytes that is."""
    lost = 0
    for path, length in read_synced_lengths(trace).items():
        if not path.is_relative_to(directory) or not path.exists():
            continue
        data = path.read_bytes()
        end = len(data) if path.suffix == ".log" else len(data.rstrip(b"\0"))
        if end <= length:
            continue
        kept = chance.choice([length, length, chance.randint(length, end)])
        lost += end - kept
        # A journal has room that was allocated ahead: what was not written is zero there.
        path.write_bytes(data[:kept] + bytes(len(data) - kept if path.suffix == ".journal" else 0))
    return lost

"""Memory of this machine and of processes: how much there is, how much is used, releasing it, unsharing pages."""

import ctypes
import os
import resource
from pathlib import Path

_MB = 1_000_000
_CONTROL_GROUP = Path("/sys/fs/cgroup/memory.max")
_POPULATE_WRITE = 23  # MADV_POPULATE_WRITE, Linux 5.14
_LARGE = 1 << 20


def physical_mb() -> int:
    """Memory of this machine, or of the control group of this process if that is less."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        physical = min(physical, int(_CONTROL_GROUP.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no such group, or "max"
        return physical // _MB
    return physical // _MB


def resident_mb(pid: int | str = "self") -> int:
    """Resident memory of the process; 0 once it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * resource.getpagesize() // _MB


def peak_mb() -> int:
    """The highest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // _MB


def trim() -> None:
    """Return freed memory to the system, if the allocator can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def copy_pages() -> None:
    """Copy the pages shared with the parent at once, not one by one during the first queries.

    Reading writes to memory (reference counts), so they would be copied anyway. A kernel without this costs only time.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in Path("/proc/self/maps").read_text(encoding="ascii", errors="replace").splitlines():
        span, rights, _, _, inode, *_ = line.split()
        start, end = (int(address, 16) for address in span.split("-"))
        if rights == "rw-p" and inode == "0" and end - start >= _LARGE:
            madvise(start, end - start, _POPULATE_WRITE)

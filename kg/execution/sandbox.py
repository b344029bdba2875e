"""What a worker gives up before its first query: memory beyond a limit, core dumps, and any access to the network.

A seccomp filter over all threads refuses network access, so that the engine can still open files of its checkpoint
(it opens most of them late). Where the kernel offers no filter, no descriptor at all can be opened instead; a store of
very many files cannot be read then.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from errno import EPERM

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_GET_ACTION_AVAIL = 2
_ALL_THREADS = 1

_RETURN, _LOAD, _IF_EQUAL, _IF_AT_LEAST = 0x06, 0x20, 0x15, 0x35
_ACTION = 0xFFFF0000
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050000 | EPERM, 0x7FFF0000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_X32 = 0x40000000

# Architecture as seccomp reports it, number of seccomp(2), and the system calls that are refused:
# socket, socketpair, connect, ptrace, execve, execveat, io_uring_setup.
_MACHINES = {
    "x86_64": (0xC000003E, 317, (41, 53, 42, 101, 59, 322, 425)),
    "aarch64": (0xC00000B7, 277, (198, 199, 203, 117, 221, 281, 425)),
}


class _SockFprog(ctypes.Structure):
    """A filter program, as ``struct sock_fprog`` of the kernel."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def die_with_parent(parent: int) -> None:
    """End with the thread that started this process; at once if it has ended already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent process has ended")


def confine(memory_mb: int) -> None:
    """Limit this process to ``memory_mb`` more than it has now, and bar it from the network, until it ends."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        base = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (base + memory_mb * 1_000_000,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not _refuse_network():
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def can_refuse_network() -> bool:
    """Whether this kernel has the filter; without it workers lose all descriptors instead."""
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.maxsize < 2**32:
        return False
    action = ctypes.c_uint32(_REFUSE & _ACTION)
    return bool(ctypes.CDLL(None).syscall(machine[1], _GET_ACTION_AVAIL, 0, ctypes.byref(action)) == 0)


def _refuse_network() -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.maxsize < 2**32:
        return False
    architecture, seccomp, refused = machine
    libc = ctypes.CDLL(None)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    instructions = _filter(architecture, refused)
    program = _SockFprog(len(instructions) // 8, instructions)
    return bool(libc.syscall(seccomp, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)


def _filter(architecture: int, refused: tuple[int, ...]) -> bytes:
    count = len(refused)
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, count + 1, 0, _X32),
        *((_IF_EQUAL, count - place, 0, number) for place, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)

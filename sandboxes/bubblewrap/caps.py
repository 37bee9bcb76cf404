"""What a bubblewrap sandbox enforces here, and how it says so."""

from __future__ import annotations

import platform

from ..base import Caps, Limits
from ..profile import UID
from ..seccomp import seccomp_filter


def caps_of(uid: int | None, limits: Limits, *, counted: bool, group: frozenset[str], no_forks: str) -> Caps:
    """For a sandbox with a kernel `uid` of its own (None: the caller's).

    `counted`: RLIMIT_NPROC counts it alone. `group`: the controllers of its control group. `no_forks`: why its
    workspace is copied for a fork; empty: it is not.
    """
    who = "the caller's kernel uid" if uid is None else f"kernel uid {uid}, this sandbox's own"
    enforced = {
        "network": "a network namespace of its own, with loopback only",
        "filesystem": "read-only root; tmpfs for the workspace, home, /tmp and /dev/shm",
        "uid": f"uid {UID} in a user namespace, without capabilities; {who}",
        "disk": "sized tmpfs",
        "inodes": f"{_WATCHED} while a command runs" if uid is None else "sized tmpfs",
        "file_size": "RLIMIT_FSIZE",
        "pids": "a PID namespace of its own",
        "nothing_left": _GUARDED if uid is None else _KEPT,
        **_used(limits, counted, group),
    }
    if uid is not None:
        enforced["user_tables"] = "those of its own kernel uid"
        enforced["terminals"] = "a file system of terminals with a limit of its own"
    if seccomp_filter(platform.machine()) is not None:
        enforced["seccomp"] = f"an allow-list for {platform.machine()}"
    fork = f"a copy: {no_forks}" if no_forks else "an overlay over the frozen files; a copy where that is impossible"
    return Caps("bubblewrap", enforced, {**_OFFERS, "fork": fork})


def _used(limits: Limits, counted: bool, group: frozenset[str]) -> dict[str, str]:
    """Of what a control group counts."""
    processes = (["RLIMIT_NPROC"] if counted else []) + (["a control group (pids.max)"] if "pids" in group else [])
    memory = f"{_WATCHED} at resident memory, and RLIMIT_DATA for each process"
    if "memory" in group:
        memory += "; a control group (memory.max), which counts tmpfs, too, without swap"
    used = {"processes": " and ".join(processes) or _WATCHED, "memory": memory}
    if "cpu" in group:
        used["cpu"] = f"a control group (cpu.max): {limits.cpus:g} of a processor"
    return used


_WATCHED = "a watchdog that looks every 50 ms"
_GUARDED = "a guard outside ends every stage with the framework; PID 1 ends with its channel"
_KEPT = "it is in a PID namespace of the framework's, which the kernel ends with it; PID 1 ends with its channel"
_OFFERS = {
    "processes": "one at a time, with streams",
    "terminal": "a pseudo-terminal in the sandbox",
    "connect": "over the agent's channel",
    "listen": "over the agent's channel",
    "layers": "bound read-only",
}

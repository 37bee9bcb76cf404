from __future__ import annotations

import os
import resource

from .wire import Json

TICK = 0.05
"""Seconds between two looks of the watchdog."""


class Watchdog:
    """What no rlimit holds: the memory of all processes together, and the number of files."""

    def __init__(self, limits: Json) -> None:
        self.memory: int = limits["memory_bytes"]
        self.files: dict[str, int] = limits["files"]
        self.processes: int = limits["processes"]
        self.page = os.sysconf("SC_PAGE_SIZE")

    def verdict(self) -> str:
        """Why the command has to end; empty while it may go on."""
        pids = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        if len(pids) > self.processes:
            return f"it started more than {self.processes} processes"
        if (
            self._resident(pids) + shared_segments() > self.memory
            and self._share(pids) + shared_segments() > self.memory
        ):
            return f"it used more than {self.memory >> 20} MiB of memory"
        for place, limit in self.files.items():
            status = os.statvfs(place)
            if status.f_files - status.f_ffree > limit:
                return f"it made more than {limit} files in {place}"
        return ""

    def use(self) -> tuple[int, int]:
        """The processes but this one, and the bytes of memory that they and their shared segments hold."""
        pids = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        return len(pids), self._share(pids) + shared_segments()

    def _resident(self, pids: list[str]) -> int:
        return sum(resident_pages(pid) for pid in pids) * self.page

    def _share(self, pids: list[str]) -> int:
        """Memory with shared pages counted once; slower, so only asked for when the quick sum is too high."""
        total = 0
        for pid in pids:
            text = proc_text(f"/proc/{pid}/smaps_rollup")
            found = [line for line in text.splitlines() if line.startswith("Pss:")]
            total += int(found[0].split()[1]) * 1024 if found else self._resident([pid])
        return total


def resident_pages(pid: str) -> int:
    """The pages of memory that a process holds; its threads tell where its first one has ended."""
    text = proc_text(f"/proc/{pid}/statm")
    pages = int(text.split()[1]) if text else 0
    if pages or not text:
        return pages
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return 0
    told = [proc_text(f"/proc/{pid}/task/{thread}/statm") for thread in threads if thread != pid]
    return max((int(text.split()[1]) for text in told if text), default=0)


def proc_text(path: str) -> str:
    """A file of /proc, or nothing where the process is gone or hides itself."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def shared_segments() -> int:
    """Bytes in System V shared memory, which outlives the processes that filled it."""
    lines = proc_text("/proc/sysvipc/shm").splitlines()
    if len(lines) < 2:
        return 0
    column = lines[0].split().index("rss")
    return sum(int(line.split()[column]) for line in lines[1:])


def limit(limits: Json) -> None:
    """Set the rlimits of every command, which inherits them from here; none of them binds the agent's own work."""
    wanted = {
        resource.RLIMIT_CORE: 1,  # of 0 a program of the machine that core dumps are piped to would not hear
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_DATA: limits["data_bytes"],
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if limits["nproc"]:
        wanted[resource.RLIMIT_NPROC] = limits["nproc"]
    for name, value in wanted.items():
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        if resource.getrlimit(name) != (value, value):  # the filter of system calls keeps that of core dumps as it is
            resource.setrlimit(name, (value, value))

"""What there is of sandboxes on this machine, as the kernel and the Engine tell it.

Processes are found by descent: this process adopts what its descendants leave behind, the Engine's included where that
is ours, so nothing gets away by losing its parent, and what others run here is not counted.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path

import docker

from .engine import Daemon, groups_of

_SET_CHILD_SUBREAPER, _CLONE_NEWNS, _MS_REC, _MS_PRIVATE = 36, 0x20000, 16384, 1 << 18
"""prctl(2), unshare(2), mount(2)."""


@contextmanager
def apart() -> Iterator[None]:
    """Tell this process and what it starts from everything else that goes on here: for the main thread, at its start.

    It adopts every orphan below it, has a folder of its own for temporary files and, as root, a mount namespace of its
    own, which the mounts of others do not change.
    """
    _call("prctl", _SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if os.geteuid() == 0:
        _call("unshare", _CLONE_NEWNS)
        _call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    with tempfile.TemporaryDirectory(prefix="slipway-apart-", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = folder
        yield


def _call(name: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


@dataclass(frozen=True)
class Things:
    """What there is, each thing by a name that tells what it is."""

    processes: frozenset[str]
    """Of this process and below; those that have ended and wait for nobody but a parent are not counted."""
    mounts: frozenset[str]
    groups: frozenset[str]
    containers: frozenset[str]
    created: frozenset[str]
    """Containers that never ran: no process, no mount, no memory, an entry on the Engine's disk."""
    files: frozenset[str]
    """Temporary ones."""

    def beyond(self, before: Things) -> dict[str, list[str]]:
        """What was not there before, by kind; kinds without any are left out."""
        new = {one.name: sorted(getattr(self, one.name) - getattr(before, one.name)) for one in fields(self)}
        return {kind: names for kind, names in new.items() if names}


@dataclass(frozen=True)
class Place:
    """Where to look."""

    engine: Daemon | None
    host: str | None
    """The Engine's address; None without Docker."""

    def things(self) -> Things:
        """What there is now. Blocks, for a few hundredths of a second."""
        states = self._containers()
        groups = [*framework_groups(), *(groups_of(self.engine) if self.engine is not None else ())]
        return Things(
            processes=frozenset(f"{pid} {words}" for pid, words in living().items()),
            mounts=frozenset(mounts()),
            groups=frozenset(str(path) for path in groups if path.name != getattr(self.engine, "group", "")),
            containers=frozenset(id for id, state in states.items() if state != "created"),
            created=frozenset(id for id, state in states.items() if state == "created"),
            files=frozenset(map(str, Path(tempfile.gettempdir()).iterdir())),
        )

    def remove(self, containers: Sequence[str]) -> None:
        """Remove containers. Blocks."""
        with self._client() as client:
            for id in containers:
                client.remove_container(id, force=True)

    def _containers(self) -> Mapping[str, str]:
        if self.host is None:
            return {}
        with self._client() as client:
            return {one["Id"]: one["State"] for one in client.containers(all=True)}

    def _client(self) -> closing[docker.APIClient]:
        return closing(docker.APIClient(self.host, version="1.41"))


def living() -> dict[int, str]:
    """The descendants of this process that have not ended, with their command lines; the others are collected."""
    found: dict[int, str] = {}
    for pid, state in _below(os.getpid()):
        if state not in "ZX":
            found[pid] = _command_line(pid)
        else:
            with suppress(ChildProcessError):
                _collect(pid)
    return found


def _collect(pid: int) -> None:
    """Only what was adopted: what was started here is waited for by who started it."""
    if pid not in started:
        os.waitpid(pid, os.WNOHANG)


started: set[int] = set()
"""Children that are waited for elsewhere."""


def _below(root: int) -> list[tuple[int, str]]:
    children: dict[int, list[tuple[int, str]]] = {}
    for folder in Path("/proc").glob("[1-9]*"):
        with suppress(OSError):
            # The name of a program may hold anything, parentheses included.
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            children.setdefault(int(parent), []).append((int(folder.name), state))
    found = list(children.get(root, []))
    for pid, _ in found:
        found += children.get(pid, [])
    return found


def _command_line(pid: int) -> str:
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
    return " ".join(text.split())[:120]


def mounts() -> list[str]:
    """Of this mount namespace, each with its number and kind."""
    lines = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [f"{line[0]} {line[4]} {line[line.index('-') + 1]}" for line in lines]


def framework_groups() -> Iterator[Path]:
    """The control groups that frameworks made for their sandboxes, where that is delegated (cgroup v2)."""
    lines = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for place in [line[4] for line in lines if line[line.index("-") + 1] == "cgroup2"]:
        for folder, names, _ in os.walk(place):
            yield from (Path(folder, name) for name in names if re.match("slipway-[0-9]+-", name))


def counts() -> dict[str, int]:
    """What this process holds, inside a running event loop; and the memory of all temporary file systems."""
    return {
        "descriptors": len(_descriptors()),
        "sockets": sum(target.startswith("socket:") for target in _descriptors()),
        "threads": threading.active_count(),
        "tasks": len(asyncio.all_tasks()),
        "memory, KiB": _field("/proc/self/status", "VmRSS:"),
        "memory in tmpfs, KiB": _field("/proc/meminfo", "Shmem:"),
        "mounts": len(mounts()),
        "tmpfs mounts": sum(mount.endswith(" tmpfs") for mount in mounts()),
    }


def standing(pids: Sequence[int]) -> dict[str, int]:
    """What processes that go on hold, such as the Engine's."""
    return {f"descriptors of {_name(pid)}": len(_descriptors(pid)) for pid in pids}


def _descriptors(pid: int | str = "self") -> list[str]:
    """What they lead to."""
    return list(_targets(Path(f"/proc/{pid}/fd")))


def _targets(folder: Path) -> Iterator[str]:
    for path in folder.iterdir():
        with suppress(OSError):
            yield str(path.readlink())


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _field(path: str, name: str) -> int:
    return int(next(line for line in Path(path).read_text().splitlines() if line.startswith(name)).split()[1])

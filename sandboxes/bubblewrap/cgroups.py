"""Control groups (cgroup v2) for sandboxes, where somebody gave this process a part of the tree to manage.

Groups are made only below one that is delegated: it belongs to the user who runs this, or it is marked so (systemd's
`Delegate=`, https://systemd.io/CGROUP_DELEGATION), and its children have the controllers already. What is there is
never changed, and no process is moved but those of a sandbox. Version 1 of the interface is left alone: it knows no
delegation, so a group made there could get in the way of whoever owns the tree. File names and formats: the kernel's
`cgroup-v2.rst`.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..base import Limits, SandboxUnavailable

NEEDED = frozenset({"memory", "pids"})
"""Controllers without which a group is of no use."""
_STAGES = 4
"""Processes in a sandbox that its limit does not count: bubblewrap's, and the agent."""
_OVERHEAD = 64 << 20
"""Memory of those, and what the kernel holds for them."""
_PERIOD = 100_000
"""Microseconds, of which a sandbox gets its share of a processor."""


@dataclass(frozen=True)
class Parent:
    """A group below which groups can be made."""

    folder: Path
    controllers: frozenset[str]
    """Those that its children have."""


def find_parent(proc: Path = Path("/proc/self")) -> Parent | None:
    """The nearest group above this process that is delegated to it and has the controllers. Blocks."""
    for folder in _groups_above(proc):
        controllers = frozenset(_words(folder / "cgroup.subtree_control"))
        if controllers >= NEEDED and _delegated(folder):
            return Parent(folder, controllers)
    return None


def _groups_above(proc: Path) -> Iterator[Path]:
    """The group of the process and those above it, up to the last that is in sight."""
    own = [line[3:] for line in _lines(proc / "cgroup") if line.startswith("0::/")]
    for line in _lines(proc / "mountinfo"):
        fields, _, kind = line.partition(" - ")
        if not own or not kind.startswith("cgroup2 "):
            continue
        root, place = fields.split()[3:5]
        group = Path(own[0])
        if not group.is_relative_to(root):
            continue
        below = group.relative_to(root)
        yield from (Path(place) / part for part in (below, *below.parents))
        return


def _delegated(folder: Path) -> bool:
    """Whether it is for us to make groups there; the root of the tree is nobody's to give."""
    if not (folder / "cgroup.type").exists():
        return False
    if not all(os.access(path, os.W_OK) for path in (folder, folder / "cgroup.procs")):
        return False
    if os.geteuid() != 0:
        return folder.stat().st_uid == os.geteuid()
    return any(_mark(folder, name) == b"1" for name in ("user.delegate", "trusted.delegate"))


def _mark(folder: Path, name: str) -> bytes:
    try:
        return os.getxattr(folder, name)
    except OSError:
        return b""


def contents(limits: Limits, controllers: frozenset[str]) -> dict[str, str]:
    """What is written into the files of a sandbox's group."""
    wanted = {
        "memory.max": str(limits.memory_bytes + _OVERHEAD),
        "memory.swap.max": "0",
        "pids.max": str(limits.processes + _STAGES),
        "cpu.max": f"{max(1000, round(limits.cpus * _PERIOD))} {_PERIOD}",
    }
    return {name: value for name, value in wanted.items() if name.partition(".")[0] in controllers}


class Group:
    """The group of one sandbox."""

    def __init__(self, above: Path, limits: Limits, controllers: frozenset[str]) -> None:
        """Make it, empty. Blocks; SandboxUnavailable where the kernel refuses."""
        self.controllers = controllers
        self.folder = above / f"sandbox-{secrets.token_hex(4)}"
        try:
            self.folder.mkdir()
            for name, value in contents(limits, controllers).items():
                if name != "memory.swap.max" or (self.folder / name).exists():  # not where no swap is counted
                    (self.folder / name).write_text(value)
            self.entrance = os.open(self.folder / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        except OSError as error:
            with suppress(OSError):
                self.folder.rmdir()
            raise SandboxUnavailable(f"the control group {self.folder} cannot be made ({error.strerror})") from error
        self.closed = False

    def close(self) -> None:
        """Take it away, when its processes have ended. Blocks; harmless twice."""
        if not self.closed:
            self.closed = True
            os.close(self.entrance)
            with suppress(OSError):  # the guard tries again when the framework has ended
                self.folder.rmdir()


class Groups:
    """The groups of one framework: one above those of its sandboxes, for a guard to take away."""

    def __init__(self, parent: Parent) -> None:
        """Make it. Blocks; SandboxUnavailable where the kernel refuses."""
        self.folder = parent.folder / f"slipway-{os.getpid()}-{secrets.token_hex(4)}"
        self.controllers = parent.controllers & {"memory", "pids", "cpu"}
        try:
            self.folder.mkdir()
            (self.folder / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in self.controllers))
        except OSError as error:
            with suppress(OSError):
                self.folder.rmdir()
            raise SandboxUnavailable(f"the control group {self.folder} cannot be made ({error.strerror})") from error

    def group(self, limits: Limits) -> Group:
        """A new one, for one sandbox. Blocks."""
        return Group(self.folder, limits, self.controllers)

    def close(self) -> None:
        """Take it away, when no sandbox is left. Blocks; harmless twice."""
        with suppress(OSError):
            self.folder.rmdir()


def make_groups() -> Groups | None:
    """Groups for sandboxes, where some can be made; None: limits are held without. Blocks."""
    parent = find_parent()
    try:
        return Groups(parent) if parent is not None else None
    except SandboxUnavailable:
        return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EACCES, errno.EPERM):
            raise
        return []


def _words(path: Path) -> list[str]:
    return [word for line in _lines(path) for word in line.split()]

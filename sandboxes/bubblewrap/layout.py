"""What of a root file system a sandbox sees: this machine's, or one that was unpacked into a folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base import SandboxUnavailable

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    "alternatives", "ca-certificates", "fonts", "java-17-openjdk", "java-21-openjdk", "ld.so.cache", "ld.so.conf",
    "ld.so.conf.d", "localtime", "magic", "magic.mime", "mime.types", "pki/tls/certs", "pki/ca-trust/extracted",
    "protocols", "services", "ssl/certs", "ssl/openssl.cnf",
)  # fmt: skip
_HIDDEN = ("cmdline", "interrupts", "key-users", "keys", "latency_stats", "locks", "sched_debug")
"""Files of /proc that tell of the whole machine and its other processes, and that no honest program needs."""
_PYTHON = ("bin", "include", "lib", "lib64", "libexec", "share", "ssl")
"""The parts of a Python installation that stands outside of /usr; what else lies beside them is the user's."""


@dataclass(frozen=True)
class Layout:
    """The parts that a sandbox sees, all read-only."""

    binds: tuple[tuple[str, str], ...]
    """Files and folders: (on this machine, in the sandbox)."""
    links: tuple[tuple[str, str], ...]
    """Links of the root folder: (target, path), for example `usr/bin` at `/bin`."""
    masked: tuple[str, ...]
    """Folders of third-party packages, shown empty: a foreign pytest plugin must not be loaded."""
    interpreter: str
    """The Python inside."""
    ours: bool
    """Whether that is the one that runs now."""
    hidden: tuple[str, ...]
    """Files of /proc that cannot be read."""


def host_layout() -> Layout:
    """Look at this machine. Blocks on the file system."""
    base = Path(sys.base_prefix)
    binds, links = _system(Path("/"))
    interpreter = base / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    masked = tuple(sorted(set(_packages(base))))
    return Layout((*binds, *own_python()), links, masked, str(interpreter), True, _hidden())


def rootfs_layout(root: Path) -> Layout:
    """Look at an unpacked root file system. Blocks; SandboxUnavailable where it has no Python."""
    root = root.absolute()
    binds, links = _system(root)
    binds += tuple((str(path), f"/opt/{path.name}") for path in sorted(root.glob("opt/*")) if path.name != "slipway")
    for interpreter in ("/usr/local/bin/python3", "/usr/bin/python3"):
        if Path(f"{root}{interpreter}").is_symlink() or Path(f"{root}{interpreter}").is_file():
            return Layout(binds, links, (), interpreter, False, _hidden())
    raise SandboxUnavailable(
        f"the root file system {str(root)!r} has no /usr/bin/python3, which the sandbox's agent needs; make it with "
        "`mmdebstrap --variant=minbase --include=python3 bookworm FOLDER`, or name no root file system"
    )


def own_python() -> tuple[tuple[str, str], ...]:
    """What the Python that runs now needs beside the system."""
    base = Path(sys.base_prefix)
    parts = () if base.is_relative_to("/usr") else (base / name for name in _PYTHON)
    return tuple((str(path), str(path)) for path in parts if path.is_dir())


def _system(root: Path) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    paths = [(root / place[1:], place) for place in SYSTEM]
    links = tuple((str(path.readlink()), place) for path, place in paths if path.is_symlink())
    binds = [(str(path), place) for path, place in paths if path.is_dir() and not path.is_symlink()]
    files = [(root / "etc" / name, f"/etc/{name}") for name in _ETC]
    binds += [(str(path), place) for path, place in files if path.exists()]
    return tuple(binds), links


def _hidden() -> tuple[str, ...]:
    return tuple(f"/proc/{name}" for name in _HIDDEN if Path("/proc", name).exists())


def _packages(base: Path) -> Iterator[str]:
    for root in (Path("/usr"), Path("/usr/local"), base):
        for pattern in ("lib*/python3*/site-packages", "lib*/python3*/dist-packages"):
            yield from (str(path) for path in root.glob(pattern) if path.is_dir() and not path.is_symlink())

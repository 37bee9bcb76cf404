from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ..config import UsageError
from .hazards import hazards
from .records import project_path

_PART = ".slipway-part"


def check_target(into: str | Path) -> Path:
    """The directory that `into` names, absolute. UsageError where it could not be written at the end."""
    try:
        if "\0" in str(into):
            raise ValueError("it holds a null byte")
        target = Path(into).expanduser().absolute()
        _check(target)
    except (OSError, RuntimeError, ValueError) as error:  # no such home, a name too long, a null byte
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{str(into)!r} cannot be written: {why}; name another directory with --into") from error
    return target


def _check(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{str(target)!r} is not a directory; name a new or an empty one with --into")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"the directory {str(target)!r} is not empty; name a new or an empty one with --into")
    _look(target.with_name(f".{target.name}-{'x' * 8}"))  # the longest name that `export` will give it
    place = next(folder for folder in (target, *target.parents) if folder.exists())
    # Asked by doing it: for root, and on read-only or special file systems, permissions tell nothing.
    Path(tempfile.mkdtemp(prefix=".slipway-", dir=place)).rmdir()


def _look(path: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        path.lstat()


def export(files: Mapping[str, tuple[bytes, bool]], into: Path, *, also: Iterable[str] = ()) -> Mapping[str, str]:
    """Write `files` (path -> bytes, executable) as the directory `into`, and return what stayed behind, each with why.

    Files that would run something by themselves on this machine (`hazards`) do, unless `also` names them.
    A directory that is not there appears whole or not at all; one that is there keeps its place (it may be a mount
    point) and is filled. Where a fill was cut short, a repeat completes it. OSError where that fails, or where `into`
    holds anything else by now.
    """
    for path in files:
        project_path(path)  # a version holds no other path, but here a slip would do harm
    left_out = hazards(files, also)
    _write({path: file for path, file in files.items() if path not in left_out}, into)
    return left_out


def _write(files: Mapping[str, tuple[bytes, bool]], into: Path) -> None:
    if into.is_symlink():
        raise OSError(errno.ELOOP, "it is a link")
    if into.is_dir():
        _fill(into, files)
        return
    into.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        _fill(made, files)
        made.chmod(0o755)
        made.rename(into)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, tuple[bytes, bool]]) -> None:
    for found in folder.rglob("*"):
        name = str(found.relative_to(folder))
        known = files.get(name.removesuffix(_PART))
        if found.is_dir() and not found.is_symlink():
            continue
        if found.is_symlink() or known is None or (name in files and found.read_bytes() != known[0]):
            raise OSError(errno.ENOTEMPTY, f"it holds {name!r}, which is not of this run")
    for path, (data, executable) in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + _PART)
        part.write_bytes(data)
        part.chmod(0o755 if executable else 0o644)
        part.replace(target)

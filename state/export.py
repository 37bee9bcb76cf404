from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..config import UsageError


def check_target(into: Path) -> None:
    """UsageError where `into` could not be written at the end: it is a file, it is not empty, or it may not be made."""
    if into.is_symlink() or (into.exists() and not into.is_dir()):
        raise UsageError(f"{str(into)!r} is not a directory; name a new or an empty one with --into")
    if into.is_dir() and any(into.iterdir()):
        raise UsageError(f"the directory {str(into)!r} is not empty; name a new or an empty one with --into")
    parent = next(folder for folder in (into, *into.parents) if folder.exists())
    try:
        # Asked by doing it: for root, and on read-only or special file systems, permissions tell nothing.
        Path(tempfile.mkdtemp(prefix=".slipway-", dir=parent)).rmdir()
    except OSError as error:
        raise UsageError(
            f"{str(into)!r} cannot be written: {str(parent)!r}: {error.strerror}; name another directory with --into"
        ) from error


def export(files: Mapping[str, tuple[bytes, bool]], into: Path) -> None:
    """Write `files` (path -> bytes, executable) as the directory `into`, all of them or none.

    OSError where that fails, or where `into` holds something else by now.
    """
    if _holds(into, files):
        return
    into.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        for path, (data, executable) in files.items():
            target = made / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(0o755 if executable else 0o644)
        made.chmod(0o755)
        made.rename(into)  # over an empty directory, too; never over one that holds something
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _holds(into: Path, files: Mapping[str, tuple[bytes, bool]]) -> bool:
    found = {str(path.relative_to(into)): path for path in into.rglob("*") if path.is_file()} if into.is_dir() else {}
    same = found.keys() == files.keys() and bool(files)
    return same and all(found[path].read_bytes() == data for path, (data, _) in files.items())

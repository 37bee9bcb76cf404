"""A directory is read as it is, and whatever stays behind is named with its reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from slipway.config import UsageError
from slipway.graphs.sources import Source, read_source
from slipway.graphs.sources.walking import Bounds

Lay = Callable[[Path, Mapping[str, bytes]], None]


def _snapshot(root: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_mode) for path in [root, *root.rglob("*")]}


def test_what_is_read_and_what_is_left_out(tmp_path: Path, lay: Lay) -> None:
    root = tmp_path / "app"
    lay(root, {
        "app.py": b"x = 1\r\n", "bin/run": b"#!/bin/sh\n", "data.bin": bytes(range(256)), ".env.example": b"KEY=\n",
        ".gitignore": b"*.log\n/private/\n", "a.log": b"", "private/x": b"x", "sub/app.log": b"", "sub/ok": b"ok",
        ".git/config": b"[core]\n\tfsmonitor = touch /tmp/x\n", "web/node_modules/a/index.js": b"", "dist/a.js": b"",
        "old/pyvenv.cfg": b"", "old/lib/x.py": b"", "c/CACHEDIR.TAG": b"", "inner/.git/HEAD": b"ref: x\n",
        "__pycache__/app.pyc": b"", "top.pyc": b"", ".env": b"KEY=1", "certs/server.pem": b"x", "id_rsa": b"x",
        "config.py": b"K = '" + b"AKIA" + b"ABCDEFGHIJKLMNOP'\n", "docs.md": b"AKIAIOSFODNN7EXAMPLE",
        "big.txt": b"a" * 3000, "big.bin": b"\0" * 300, "back\\slash": b"", "two\nlines": b"",
        "app.egg-info/PKG-INFO": b"",
    })  # fmt: skip
    (root / "bin/run").chmod(0o755)
    (root / "empty").mkdir()
    os.mkfifo(root / "pipe")
    (tmp_path / "outside").write_bytes(b"outside")
    for name, target in (("inside", "app.py"), ("out", "../outside"), ("etc", "/etc/passwd"), ("key", ".env"),
                         ("folder", "sub"), ("loop", "loop"), ("gone", "nothing"), ("git", ".git/config")):  # fmt: skip
        (root / name).symlink_to(target)
    Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9")).write_bytes(b"")
    before = _snapshot(root)
    found = read_source(root, bounds=Bounds(text=2000, binary=200))
    assert _snapshot(root) == before
    assert found == Source(
        files={
            ".env.example": (b"KEY=\n", False),
            ".gitignore": (b"*.log\n/private/\n", False),
            "app.py": (b"x = 1\r\n", False),
            "bin/run": (b"#!/bin/sh\n", True),
            "docs.md": (b"AKIAIOSFODNN7EXAMPLE", False),
            "inside": (b"x = 1\r\n", False),
            "sub/ok": (b"ok", False),
        },
        left_out={
            ".env": "its name is that of a file with secrets",
            ".git/": "version control",
            "__pycache__/": "a cache",
            "a.log": "ignored by .gitignore",
            "app.egg-info/": "a cache",
            "back\\slash": "its name holds characters that a project may not hold",
            "big.bin": "binary, and larger than 0.000190735 MiB",
            "big.txt": "larger than 0.00190735 MiB",
            "c/": "a cache",
            "caf\\xe9": "its name is not UTF-8",
            "certs/server.pem": "its name is that of a file with secrets",
            "config.py": "it holds what looks like an AWS access key",
            "data.bin": "binary, and larger than 0.000190735 MiB",
            "dist/": "build output",
            "etc": "a link that leaves the directory",
            "folder": "a link to a folder",
            "git": "a link to no imported file",
            "gone": "a link to no imported file",
            "id_rsa": "its name is that of a file with secrets",
            "inner/": "a repository of its own",
            "key": "a link to no imported file",
            "loop": "a link to no imported file",
            "old/": "installed dependencies",
            "out": "a link that leaves the directory",
            "pipe": "neither a file nor a folder",
            "private/": "ignored by .gitignore",
            "sub/app.log": "ignored by .gitignore",
            "top.pyc": "build output",
            "two\nlines": "its name holds characters that a project may not hold",
            "web/node_modules/": "installed dependencies",
        },
    )


def test_what_is_tracked_is_source_whatever_it_is_called(tmp_path: Path, lay: Lay) -> None:
    """A tracked `build/` holds scripts; a tracked file is in the project although a rule would ignore it."""
    lay(tmp_path, {".gitignore": b"ignored/\n", "build/a": b"1", "ignored/kept": b"2", "ignored/not": b"3"})
    found = read_source(tmp_path, {"build/a", "ignored/kept"})
    assert sorted(found.files) == [".gitignore", "build/a", "ignored/kept"]
    assert found.left_out == {"ignored/not": "ignored by .gitignore"}


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (Bounds(files=2), "holds more than 2 files that would be imported; name a smaller directory, or add"),
        (Bounds(total=2), "holds more than 1.90735e-06 MiB that would"),
        (Bounds(entries=2), "holds more than 2 names that would"),
    ],
)
def test_too_much_is_refused(tmp_path: Path, lay: Lay, bounds: Bounds, said: str) -> None:
    lay(tmp_path, {"a": b"1", "b": b"2", "c/d": b"3"})
    with pytest.raises(UsageError, match=said):
        read_source(tmp_path, bounds=bounds)


def test_depth_is_bounded(tmp_path: Path, lay: Lay) -> None:
    lay(tmp_path, {"a": b"1", "/".join("d" * 40): b"2"})
    found = read_source(tmp_path, bounds=Bounds(depth=3))
    assert (list(found.files), found.left_out) == (["a"], {"d/d/d/d/": "more than 3 folders deep"})


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a directory; name the one that holds the project"):
        read_source(tmp_path / "none")

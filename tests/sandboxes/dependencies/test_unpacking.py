"""A layer comes out of a sandbox through here, so nothing may land beside it, lead out of it, or fill the disk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.sandboxes.dependencies import DependenciesRefused
from slipway.sandboxes.dependencies.unpacking import PACKER, Unpacking


def packed(*entries: dict[str, Any] | bytes) -> bytes:
    return b"".join(entry if isinstance(entry, bytes) else json.dumps(entry).encode() + b"\n" for entry in entries)


END = {"kind": "end"}


def unpack(folder: Path, data: bytes, *, files: int = 100, size: int = 10_000) -> tuple[int, int]:
    unpacking = Unpacking(folder, files=files, size=size)
    try:
        for place in range(0, len(data), 7):
            unpacking.feed(data[place : place + 7])
        return unpacking.finish()
    finally:
        unpacking.close()


def test_what_is_packed_comes_out_as_it_was(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "pkg" / "deep").mkdir(parents=True)
    (source / "bin").mkdir()
    (source / "pkg" / "deep" / "ü\U0001f6a2.txt").write_bytes(b"a\nb\0" * 1000)
    (source / "pkg" / "empty").touch()
    (source / "bin" / "tool").write_bytes(b"#!/opt/x/bin/python3.11\nimport this\n")
    (source / "bin" / "sh").write_bytes(b"#!/bin/sh\ntrue\n")
    (source / "bin" / "tool").chmod(0o755)
    (source / "bin" / "sh").chmod(0o755)
    (source / "bin" / "link").symlink_to("../pkg/empty")
    out = subprocess.run([sys.executable, "-I", "-S", "-c", PACKER, str(source)], capture_output=True, check=True)
    assert unpack(tmp_path / "layer", out.stdout) == (5, 4062)
    layer = tmp_path / "layer"
    found = {str(path.relative_to(layer)): path for path in layer.rglob("*")}
    assert {name: path.lstat().st_mode & 0o777 for name, path in found.items() if path.is_file()} == {
        "pkg/deep/ü\U0001f6a2.txt": 0o444, "pkg/empty": 0o444, "bin/tool": 0o555, "bin/sh": 0o555, "bin/link": 0o777,
    }  # fmt: skip
    assert (layer / "pkg" / "deep" / "ü\U0001f6a2.txt").read_bytes() == b"a\nb\0" * 1000
    assert (layer / "bin" / "tool").read_bytes() == b"#!/usr/bin/env python3\nimport this\n"
    assert (layer / "bin" / "sh").read_bytes() == b"#!/bin/sh\ntrue\n"
    assert str((layer / "bin" / "link").readlink()) == "../pkg/empty"


def file(path: str, data: bytes = b"") -> bytes:
    return packed({"kind": "file", "path": path, "size": len(data)}) + data


def folder(path: str) -> bytes:
    return packed({"kind": "folder", "path": path})


def link(path: str, target: str) -> bytes:
    return packed({"kind": "link", "path": path, "target": target})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (file("../out"), "path that cannot be kept"),
        (file("/etc/out"), "path that cannot be kept"),
        (file("a/../../out"), "path that cannot be kept"),
        (file("./a"), "path that cannot be kept"),
        (file(""), "path that cannot be kept"),
        (file("a\0b"), "path that cannot be kept"),
        (file("a\x1b[2J"), "path that cannot be kept"),
        (file("a\u202eb"), "path that cannot be kept"),
        (file("x" * 256), "path that cannot be kept"),
        (packed({"kind": "file", "path": "\udcff", "size": 0}), "path that cannot be kept"),
        (packed({"kind": "file", "path": 3, "size": 0}), "path that cannot be kept"),
        (file("a") + file("a"), "path that cannot be kept"),
        (file("no/a"), "a file in no folder"),
        (file("a") + file("a/b"), "a file in no folder"),
        (link("a", "/etc") + file("a/passwd"), "a file in no folder"),
        (link("a", "/etc/passwd"), "a link to '/etc/passwd'"),
        (link("a", "../x"), "a link to '../x'"),
        (link("a", "a"), "a link to 'a'"),
        (folder("d") + link("a", "d"), "a link to 'd'"),
        (file("f") + link("b", "f") + link("a", "b"), "a link to 'b'"),
        (folder("d") + file("f") + link("a", "d/../f"), "a link to 'd/../f'"),
        (packed({"kind": "file", "path": "a", "size": -1}), "too large"),
        (packed({"kind": "file", "path": "a", "size": 10_001}), "too large"),
        (packed({"kind": "file", "path": "a", "size": True}), "too large"),
        (packed({"kind": "file", "path": "a", "size": "1"}), "too large"),
        (file("a", b"x" * 6000) + file("b", b"x" * 6000), "too large"),
        (b"".join(file(f"f{n}") for n in range(101)), "too many files"),
        (packed({"kind": "device", "path": "a"}), "no file, folder or link"),
        (b"x" * 20_000, "cannot be read"),
        (b"[]\n", "cannot be read"),
        (b"{}\n", "cannot be read"),
        (b"[" * 10_000 + b"\n", "cannot be read"),
        (packed(END) + b"x", "followed by something else"),
    ],
)
def test_what_no_layer_holds(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(DependenciesRefused) as caught:
        unpack(tmp_path / "layer", data + packed(END))
    assert reason in str(caught.value)
    assert {path.name for path in tmp_path.iterdir()} == {"layer"}


@pytest.mark.parametrize("data", [b"", file("a", b"xyz")[:-1], folder("a")])
def test_what_ends_early_is_no_layer(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(DependenciesRefused, match="did not come out whole"):
        unpack(tmp_path / "layer", data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    with pytest.raises(DependenciesRefused):
        unpack(tmp_path_factory.mktemp("noise") / "layer", data)

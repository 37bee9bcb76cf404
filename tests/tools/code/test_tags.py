"""What a file defines, names and imports is read of any bytes, in a time that its size bounds."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.tools.code.base import Definition, ImportOf, Tags
from slipway.tools.code.tags import FILE_BYTES, language_of, read_tags, tags_of

PYTHON = b'''import os, a.b as c
from .. import x
from ..pkg.mod import (One as One1, two)
from z import *

LIMIT: int = 3

@decorated
class Store(Base):
    """A store."""
    field = 1

    def put(self, key: str,
            value: bytes) -> None:
        def inner(): ...
        local = helper(key)

def helper(key): return LIMIT
'''

SCRIPT = b"""import React, { useState } from "react";
import * as api from './api.js'
export { x } from "../x";
const fs = require("./fs");
export const LIMIT = 3, other = () => { const inner = 1; return inner }
export class Store extends Base { put(key) { return helper(key) } }
export default function App(props) { const local = 1 }
async function load() { const m = await import("./late") }
"""

TYPES = b"""import type { A } from "./a";
export interface Shape { area(): number; name: string }
export type Id = string | number;
enum Color { Red }
namespace N { export function f(x: Id): void {} }
abstract class C<T> { abstract m(): T; private p(x: T): void {} }
"""


def test_python() -> None:
    assert tags_of("python", PYTHON) == (
        Tags(
            definitions=(
                Definition("LIMIT", 6, "LIMIT: int = 3"),
                Definition("Store", 9, "class Store(Base)"),
                Definition("put", 13, "def put(self, key: str, value: bytes) -> None", ("Store",)),
                Definition("helper", 18, "def helper(key)"),
            ),
            references={
                "os": 1, "a": 1, "b": 1, "c": 1, "x": 1, "pkg": 1, "mod": 1, "One": 1, "One1": 1, "two": 1, "z": 1,
                "int": 1, "decorated": 1, "Base": 1, "field": 1, "self": 1, "key": 3, "str": 1, "value": 1, "bytes": 1,
                "inner": 1, "local": 1, "helper": 1, "LIMIT": 1,
            },
            imports=(
                ImportOf("os"),
                ImportOf("a.b"),
                ImportOf("", ("x",), 2),
                ImportOf("pkg.mod", ("One", "two"), 2),
                ImportOf("z"),
            ),
        ),
        False,
    )  # fmt: skip


def test_scripts() -> None:
    tags, broken = tags_of("javascript", SCRIPT)
    assert not broken
    assert [(d.name, d.within) for d in tags.definitions] == [
        ("fs", ()), ("LIMIT", ()), ("other", ()), ("Store", ()), ("put", ("Store",)), ("App", ()), ("load", ()),
    ]  # fmt: skip
    assert [each.module for each in tags.imports] == ["react", "./api.js", "../x", "./fs", "./late"]


def test_types() -> None:
    tags, broken = tags_of("typescript", TYPES)
    assert not broken
    assert [(d.name, d.signature, d.within) for d in tags.definitions] == [
        ("Shape", "interface Shape", ()),
        ("area", "area(): number", ("Shape",)),
        ("Id", "type Id = string | number;", ()),
        ("Color", "enum Color", ()),
        ("N", "namespace N", ()),
        ("f", "function f(x: Id): void", ("N",)),
        ("C", "abstract class C<T>", ()),
        ("m", "abstract m(): T", ("C",)),
        ("p", "private p(x: T): void", ("C",)),
    ]
    assert tags.imports == (ImportOf("./a"),)


def test_a_syntax_error_hides_little() -> None:
    tags, broken = tags_of(
        "python", b"import a\ndef f(:\n    pass\n\ndef g(): pass\nclass K:\n    def m(self): x = = 1\n"
    )
    assert broken
    assert {"g", "K", "m"} <= {definition.name for definition in tags.definitions}
    assert tags.imports == (ImportOf("a"),)


@pytest.mark.parametrize(
    "evil",
    [b"(" * 250_000, b"-" * 250_000, b"not " * 60_000, b"(a," * 80_000, b"if x:\n" * 40_000, b"f'{" * 80_000,
     b"a." * 120_000, bytes(range(256)) * 1000, b"import " * 30_000, b"class A(" * 30_000],
)  # fmt: skip
def test_hostile_files_take_bounded_time(evil: bytes) -> None:
    """Queries over such trees took minutes; a walk takes less than the parser."""
    for language in ("python", "typescript"):
        started = time.perf_counter()
        tags_of(language, evil)
        assert time.perf_counter() - started < 60


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["python", "javascript", "typescript", "tsx"]))
def test_any_bytes_are_read(data: bytes, at: int, language: str) -> None:
    source = PYTHON if language == "python" else SCRIPT
    tags_of(language, source[:at] + data + source[at:])


def test_what_is_not_read() -> None:
    files = {"a.py": b"x = 1\n", "b.rb": b"x", "long.js": b"x" * 3000, "big.py": b"#\n" * FILE_BYTES, "py": b"x = 1\n"}
    assert list(read_tags(files)) == ["a.py"]
    names = ("a.PY", "d/b.tsx", "c.mjs", ".py", "x.d.ts", "Makefile")
    assert [language_of(name) for name in names] == ["python", "tsx", "javascript", "python", "typescript", None]

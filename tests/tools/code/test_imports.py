"""The module under test is found by who imports whom; a wrong edge sends a fixer to the wrong file."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.tools.code import ImportGraph, modules_under_test

_NAMES = st.sampled_from(["a.py", "b/__init__.py", "b/c.py", "src/a.py", "pyproject.toml", "x.ts"])
_IMPORTS = st.sampled_from([b"from . import c", b"import a, b.c", b"from ....x import y", b"import './a'"])

FLAT = {
    "shop/__init__.py": b"from shop.cart import Cart\n",
    "shop/cart.py": b"from . import prices\nfrom .models.item import Item\nimport json\n",
    "shop/prices.py": b"import decimal\n",
    "shop/models/__init__.py": b"",
    "shop/models/item.py": b"from ..prices import round_up\nfrom ...nothing import x\n",
    "shop/json.py": b"",
    "conftest.py": b"import helpers\n",
    "helpers.py": b"",
    "tests/conftest.py": b"from tests.data import things\n",
    "tests/data.py": b"",
    "tests/test_cart.py": b"import pytest\nfrom shop.cart import Cart\nfrom data import things\n",
    "tests/test_prices.py": b"def test(: from x\nimport shop.prices as p\n",
    "tests/test_alone.py": b"",
    "scripts/json.py": b"",
    "scripts/make.py": b"import json, shop\n",
}


def test_a_flat_project() -> None:
    graph = ImportGraph.of(FLAT)
    assert {path: graph.imports(path) for path in sorted(FLAT) if graph.imports(path)} == {
        "conftest.py": ("helpers.py",),
        "scripts/make.py": ("scripts/json.py", "shop/__init__.py"),
        "shop/__init__.py": ("shop/cart.py",),
        "shop/cart.py": ("shop/prices.py", "shop/__init__.py", "shop/models/item.py"),
        "shop/models/item.py": ("shop/prices.py",),
        "tests/conftest.py": ("tests/data.py", "conftest.py"),
        "tests/test_alone.py": ("tests/conftest.py", "conftest.py"),
        "tests/test_cart.py": ("shop/cart.py", "shop/__init__.py", "tests/data.py", "tests/conftest.py", "conftest.py"),
        "tests/test_prices.py": ("shop/prices.py", "shop/__init__.py", "tests/conftest.py", "conftest.py"),
    }
    assert graph.imported_by("shop/prices.py") == ("shop/cart.py", "shop/models/item.py", "tests/test_prices.py")
    assert graph.reach("tests/test_cart.py") == (
        "shop/cart.py", "shop/__init__.py", "tests/data.py", "tests/conftest.py", "conftest.py",
        "shop/prices.py", "shop/models/item.py", "helpers.py",
    )  # fmt: skip
    assert (graph.reach("none"), graph.imports("none"), graph.imported_by("none")) == ((), (), ())


def test_source_folders_and_packages_of_one_name() -> None:
    """In a repository with several projects the nearest module of a name is meant."""
    graph = ImportGraph.of({
        "src/app/__init__.py": b"", "src/app/core.py": b"import app.util\n", "src/app/util.py": b"",
        "src/spaces/part/mod.py": b"", "tests/test_core.py": b"from app import core\nimport spaces.part.mod\n",
        "other/app/__init__.py": b"", "other/app/core.py": b"", "other/tests/test_core.py": b"import app.core\n",
    })  # fmt: skip
    assert graph.imports("tests/test_core.py") == ("src/app/core.py", "src/app/__init__.py", "src/spaces/part/mod.py")
    assert graph.imports("src/app/core.py") == ("src/app/util.py", "src/app/__init__.py")
    assert graph.imports("other/tests/test_core.py") == ("other/app/core.py", "other/app/__init__.py")


def test_a_package_that_is_the_root_has_the_projects_name() -> None:
    graph = ImportGraph.of({
        "pyproject.toml": b'[project]\nname = "my-thing"\n', "__init__.py": b"", "a.py": b"from .b import c\n",
        "b.py": b"", "tests/test_a.py": b"from my_thing.a import x\n",
    })  # fmt: skip
    assert graph.reach("tests/test_a.py") == ("a.py", "__init__.py", "b.py")


def test_scripts_and_types() -> None:
    graph = ImportGraph.of({
        "src/app.tsx": b"import x from './lib'\nimport {y} from './api.js'\nimport z from 'react'\nimport './a.css'\n",
        "src/lib/index.ts": b"export * from '../types'\nexport * from '../../outside'\n",
        "src/api.ts": b"const d = require('./data.json')\n", "src/types.d.ts": b"", "src/data.json": b"{}",
        "src/app.test.tsx": b"import { App } from './app'\n",
    })  # fmt: skip
    assert graph.reach("src/app.test.tsx") == (
        "src/app.tsx", "src/lib/index.ts", "src/api.ts", "src/types.d.ts", "src/data.json",
    )  # fmt: skip
    assert modules_under_test(graph, "src/app.test.tsx", ()) == ("src/app.tsx",)


def test_modules_under_test() -> None:
    graph = ImportGraph.of(FLAT)
    plan = ("shop/models/item.py", "shop/prices.py", "tests/test_cart.py")
    assert modules_under_test(graph, "tests/test_cart.py", plan) == (
        "shop/prices.py", "shop/models/item.py", "shop/cart.py", "shop/__init__.py", "tests/data.py",
    )  # fmt: skip
    assert modules_under_test(graph, "tests/test_alone.py", ("lib/alone.py", "x.py")) == ("lib/alone.py",)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(_NAMES, st.binary(max_size=80) | _IMPORTS))
def test_it_never_raises_and_knows_only_files(files: dict[str, bytes]) -> None:
    graph = ImportGraph.of(files)
    for path in files:
        assert set(graph.reach(path)) <= files.keys() - {path}

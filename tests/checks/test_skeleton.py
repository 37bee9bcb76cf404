"""Tests are worth something where they fail without the code: on stubs, or on the version before a change."""

from __future__ import annotations

from slipway.checks import passes_on_base, passes_on_stubs
from slipway.sandboxes import FileContent, Sandbox

FILES = ("shop/__init__.py", "shop/cart.py", "main.py", "web/index.html")
TESTS = """\
import subprocess
import sys

import main
import pytest
import shop
from shop import cart
from shop.cart import Cart, CartError, total


class Special(Cart):
    pass


def test_c1_imports():
    assert shop and cart.Cart and hasattr(main, "run")


def test_c1_any_error():
    with pytest.raises(Exception):
        total([])


def test_c2_total():
    assert total([1, 2]) == 3


def test_c2_refuses():
    with pytest.raises(CartError):
        total([-1])


def test_c3_instance():
    assert isinstance(Cart(), Cart)


def test_c4_limit():
    assert cart.LIMIT == 3


def test_c5_program():
    assert subprocess.run([sys.executable, "main.py"], capture_output=True).returncode == 0


@pytest.mark.parametrize("kind", [cart.Kind.BIG])
def test_c6_kinds(kind):
    assert Cart(kind).size == 9
"""


async def given(sandbox: Sandbox, **files: str) -> None:
    await sandbox.write({f"{name}.py": FileContent(text.encode()) for name, text in files.items()})


async def test_tests_that_only_import_pass_on_stubs(sandbox: Sandbox) -> None:
    """Without stubs every import fails, and every test looks as if it would notice something."""
    await given(sandbox, **{"tests/test_shop": TESTS, "main": "def run():\n    return 1\n"})
    before = await sandbox.snapshot()
    found = await passes_on_stubs(sandbox, FILES, ["tests/test_shop.py"])
    assert found == ("tests/test_shop.py::test_c1_any_error", "tests/test_shop.py::test_c1_imports")
    assert await sandbox.snapshot() == before


async def test_a_file_that_breaks_hides_no_other(sandbox: Sandbox) -> None:
    broken, empty = "import nothing_like_this\n", "def test_c9():\n    assert True\n"
    await given(sandbox, test_a=broken, test_b=empty)
    assert await passes_on_stubs(sandbox, ["main.py"], ["test_a.py", "test_b.py"]) == ("test_b.py::test_c9",)


async def test_what_passes_before_a_change_shows_nothing_of_it(sandbox: Sandbox) -> None:
    old = "from shop import add\n\n\ndef test_c1():\n    assert add(1, 1) == 2\n"
    new = "import shop\n\n\ndef test_c2():\n    assert shop.subtract(2, 1) == 1\n"
    await given(sandbox, shop="def add(a, b):\n    return a + b\n", test_old=old, test_new=new)
    assert await passes_on_base(sandbox, ["test_old.py", "test_new.py"]) == ("test_old.py::test_c1",)

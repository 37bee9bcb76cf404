"""Tests are worth something where they fail without the code: on stubs, or on the version before a change."""

from __future__ import annotations

from pathlib import Path

from slipway.checks import passes_on_base, passes_on_stubs, plays_on_base
from slipway.checks.browser import Browser
from slipway.config import load_settings
from slipway.sandboxes import FileContent, Sandbox, open_sandboxes

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


SCENARIO = "- {criterion: C1, name: shows one, open: /, steps: [{expect: {text: One}}]}\n"
SCENARIO += "- {criterion: C2, name: shows two, open: /, steps: [{expect: {text: Two}}]}\n"
PAGE = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>One</title></head><body>One</body></html>\n'


async def test_a_scenario_that_can_be_played_before_the_change_proves_nothing(
    sandbox: Sandbox, cache_dir: Path
) -> None:
    """Only those of the plan count; on nothing at all none can be played, and without a browser nobody can tell."""
    settings = load_settings(["sandbox.backend=bubblewrap"]).sandbox
    files = {"scenarios/new.yaml": SCENARIO, "scenarios/old.yaml": SCENARIO}
    await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
    async with open_sandboxes(settings, cache_dir, ahead=0) as sandboxes:
        checks = [Browser((await sandboxes.browsing()).open)]
        assert await plays_on_base(sandbox, checks, ["scenarios/new.yaml"]) == ()
        await sandbox.write({"index.html": FileContent(PAGE.encode())})
        wanted = ("scenarios/new.yaml::test_c1_shows_one",)
        assert await plays_on_base(sandbox, checks, ["scenarios/new.yaml", "tests/test_a.py"]) == wanted
    assert await plays_on_base(sandbox, [], ["scenarios/new.yaml"]) == ()
    assert await passes_on_base(sandbox, ["scenarios/new.yaml"]) == ()

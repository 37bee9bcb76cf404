"""The fixer reads a few files: they should be those that the failing tests ran."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given as drawn
from hypothesis import strategies as st

from slipway.checks import executed_by
from slipway.checks.localisation import ranges
from slipway.sandboxes import FileContent, Sandbox


async def test_what_each_test_executed_most_telling_first(sandbox: Sandbox) -> None:
    """What both tests ran says little about either; test files say nothing."""
    files = {
        "shop/__init__.py": "",
        "shop/money.py": "def cents(x):\n    return x * 100\n",
        "shop/cart.py": "from shop.money import cents\n\n\n"
        "def total(xs):\n    s = 0\n    for x in xs:\n        s += cents(x)\n"
        "    return s\n\n\ndef unused():\n    return 1\n",
        "tests/helpers.py": "def two():\n    return 2\n",
        "tests/test_shop.py": "from shop.cart import total\nfrom shop.money import cents\n\n\n"
        "def test_c1():\n    assert total([1]) == 1\n\n\ndef test_c2():\n    assert cents(1) == 1\n",
    }  # fmt: skip
    await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
    before = await sandbox.snapshot()
    tests = ["tests/test_shop.py::test_c1", "tests/test_shop.py::test_c2", "tests/test_shop.py::test_c9"]
    assert await executed_by(sandbox, tests) == {
        "tests/test_shop.py::test_c1": ("shop/cart.py:5-8", "shop/money.py:2"),
        "tests/test_shop.py::test_c2": ("shop/money.py:2",),
    }
    assert await sandbox.snapshot() == before


async def test_a_test_that_ends_the_process_hides_only_itself(sandbox: Sandbox) -> None:
    files = {
        "shop.py": "def one():\n    return 1\n",
        "test_shop.py": "import os\nfrom shop import one\n\n\ndef test_a():\n    one()\n\n\n"
        "def test_b():\n    os._exit(1)\n\n\ndef test_c():\n    one()\n",
    }  # fmt: skip
    await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
    tests = [f"test_shop.py::test_{name}" for name in "abc"]
    assert await executed_by(sandbox, tests) == dict.fromkeys([tests[0], tests[2]], ("shop.py:2",))


async def test_a_scenario_executes_nothing_and_is_in_nobody_s_way(sandbox: Sandbox) -> None:
    files = {
        "shop.py": "def one():\n    return 1\n",
        "test_shop.py": "from shop import one\n\n\ndef test_a():\n    one()\n",
        "scenarios/buying.yaml": "criterion: C1\n",
    }
    await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
    tests = ["scenarios/buying.yaml::test_c1_buys", "test_shop.py::test_a"]
    assert await executed_by(sandbox, tests) == {"test_shop.py::test_a": ("shop.py:2",)}


async def test_without_code_there_is_nothing_to_tell(sandbox: Sandbox) -> None:
    await sandbox.write({"test_a.py": FileContent(b"def test_a():\n    assert 0\n")})
    assert await executed_by(sandbox, ["test_a.py::test_a"]) == {}


@drawn(st.sets(st.integers(1, 40), min_size=1))
def test_ranges_hold_the_same_lines(lines: set[int]) -> None:
    parts = [part.partition("-") for part in ranges(lines).split(",")]
    spans = [(int(first), int(last or first)) for first, _, last in parts]
    assert [line for first, last in spans for line in range(first, last + 1)] == sorted(lines)
    assert all(end + 1 < start for (_, end), (start, _) in pairwise(spans))

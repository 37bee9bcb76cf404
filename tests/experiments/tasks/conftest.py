"""A small suite on disk: a new program, a change to it, a sequence of two requests, and a question that is open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

PRICES = '''\
"""Prices in cents."""


def with_tax(cents: int, percent: int) -> int:
    """The price with tax, rounded down."""
    if cents < 0:
        raise ValueError("a price is not below 0")
    tax = cents * percent // 100
    return cents + tax
'''
CART = '''\
"""What is bought."""

from prices import with_tax


def total(cents: list[int]) -> int:
    """What a cart costs, with 20 % tax; nothing costs nothing."""
    sums = 0
    for price in cents:
        sums = sums + with_tax(price, 20)
    if sums > 10000 and len(cents) > 1:
        return sums - 500
    return sums
'''
TESTS = """\
import pytest
from cart import total
from prices import with_tax


def test_c1_adds_tax():
    assert with_tax(199, 10) == 218


def test_c2_refuses():
    with pytest.raises(ValueError):
        with_tax(-1, 10)
    assert with_tax(0, 10) == 0


def test_c3_sums():
    assert total([100, 200]) == 360


def test_c4_discount():
    assert total([10000, 5000]) == 17500
    assert total([5000, 3333]) == 9999 and total([9000]) == 10800
    assert total([20000]) == 24000
"""
HELD_OUT = """\
from cart import total


def test_c3_nothing():
    assert total([]) == 0
"""
ACCEPTANCE = """\
from cart import total
from prices import with_tax

assert with_tax(250, 20) == 300, "tax"
assert with_tax(0, 20) == 0, "nothing"
assert total([100]) == 120 and total([5000, 3334]) == 10000
assert total([9000, 9000]) == 21100, "discount"
assert total([]) == 0 and total([10000]) == 12000 and total([5000, 5000]) == 11500
try:
    with_tax(-5, 20)
except ValueError:
    pass
else:
    raise SystemExit("a price below 0 was taken")
"""
REQUEST = """\
(T-4f1c9a) Build the sums of a shop.

A price with tax is rounded down.
A price below 0 is refused with a ValueError.
A cart costs the sum of its prices with 20 % tax.
"""
BUG = {
    "id": "no-refusal",
    "kind": "omission",
    "effect": "wrong",
    "file": "prices.py",
    "old": '    if cents < 0:\n        raise ValueError("a price is not below 0")\n    tax = cents * percent // 100\n',
    "new": "    tax = cents * percent // 100\n",
    "others": ['    if cents < -100:\n        raise ValueError("far below 0")\n    tax = cents * percent // 100\n'],
    "requirement": "R2",
    "fails": ["tests/test_shop.py::test_c2_refuses"],
}
BRIEF = {
    "title": "Shop",
    "goal": "T-4f1c9a: the sums of a shop",
    "requirements": [
        {"id": "R1", "text": "A price with tax is rounded down."},
        {"id": "R2", "text": "A price below 0 is refused with a ValueError."},
        {"id": "R3", "text": "A cart costs the sum of its prices with 20 % tax."},
    ],
    "criteria": [{"id": f"C{number}", "text": "it does", "requirement": f"R{number}"} for number in (1, 2, 3)],
}
PLAN = {
    "summary": "T-4f1c9a in two files",
    "components": [
        {"id": "prices", "purpose": "prices", "files": ["prices.py"], "interface": "def with_tax(...)"},
        {
            "id": "cart",
            "purpose": "cart",
            "files": ["cart.py"],
            "interface": "def total(...)",
            "depends_on": ["prices"],
        },
    ],
    "tests": ["tests/test_shop.py", "tests/test_held_out.py"],
}
HEAD = {"summary": "sums", "licence": "Apache-2.0"}
NEW: Mapping[str, str] = {
    "task.yaml": yaml.safe_dump({**HEAD, "id": "shop", "family": "new", "opaque": "T-4f1c9a"}),
    "request.md": REQUEST,
    "reference/prices.py": PRICES,
    "reference/cart.py": CART,
    "reference/tests/test_shop.py": TESTS,
    "reference/tests/test_held_out.py": HELD_OUT,
    "acceptance/acceptance.py": ACCEPTANCE,
    "stub/prices.py": "def with_tax(cents, percent):\n    raise NotImplementedError\n",
    "stub/cart.py": "def total(cents):\n    raise NotImplementedError\n",
    "bugs.yaml": yaml.safe_dump({"bugs": [BUG]}),
    "play.yaml": yaml.safe_dump({"brief": BRIEF, "plan": PLAN}),
}
STEPS: Mapping[str, str] = {
    "task.yaml": yaml.safe_dump({**HEAD, "id": "words", "family": "sequence", "opaque": "T-00000b"}),
    "start/README.md": "Words.\n",
    "1/request.md": "(T-00000b) Write `words.py` with `count(text)`, which counts words.\n",
    "1/reference/words.py": "def count(text: str) -> int:\n    return len(text.split())\n",
    "1/reference/tests/test_words.py": (
        "from words import count\n\n\ndef test_c1_counts():\n    assert count('a b') == 2\n"
    ),
    "1/acceptance/acceptance.py": "from words import count\n\nassert count('a b c') == 3\n",
    "2/request.md": "(T-00000b) Add `longest(text)`, the longest word.\n",
    "2/reference/words.py": (
        "def count(text: str) -> int:\n    return len(text.split())\n\n\n"
        "def longest(text: str) -> str:\n    return max(text.split(), key=len)\n"
    ),
    "2/reference/tests/test_longest.py": (
        "from words import longest\n\n\ndef test_c2_longest():\n    assert longest('b aa c') == 'aa'\n"
    ),
    "2/acceptance/acceptance.py": (
        "from words import count, longest\n\nassert count('a') == 1\nassert longest('a bb') == 'bb'\n"
    ),
}


def put(folder: Path, files: Mapping[str, str]) -> Path:
    """Write `files` into `folder`."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A folder that holds a suite of two tasks."""
    folder = tmp_path / "small"
    put(folder, {"suite.yaml": "name: small\nsummary: for tests\ntasks: [shop, words]\n"})
    put(folder / "shop", NEW)
    put(folder / "words", STEPS)
    return folder

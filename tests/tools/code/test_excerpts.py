"""A repair pays for every line that it is shown with each of its calls: tests that pass are not among them."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from slipway.tools.code import excerpt

TESTS = '''"""Sums."""

import pytest

from sums import add

BIG = 10**9


def test_a() -> None:
    assert add(1, 1) == 2


@pytest.mark.parametrize("n", [1, 2])
def test_b(n: int) -> None:
    assert add(n, 0) == n


def helper() -> int:
    return 3


async def test_c() -> None:
    assert add(BIG, helper()) > BIG


class TestMore:
    def test_d(self) -> None:
        assert True

    def test_e(self) -> None:
        assert add(2, 2) == 4
'''


def test_only_tests_that_pass_are_left_out() -> None:
    """What a failing test needs stands beside it: imports, names, helpers, its class."""
    assert (
        excerpt(TESTS, {"test_c", "test_e"})
        == '''"""Sums."""

import pytest

from sums import add

BIG = 10**9


# (2 tests that pass)


def helper() -> int:
    return 3


async def test_c() -> None:
    assert add(BIG, helper()) > BIG


class TestMore:
    # (1 test that pass)

    def test_e(self) -> None:
        assert add(2, 2) == 4
'''.replace("(1 test that pass)", "(1 test that passes)")
    )


def test_what_cannot_be_cut_stays_whole() -> None:
    """A name that is not there says that something else is wrong; half a file would hide it."""
    assert excerpt(TESTS, {"test_z"}) == TESTS
    assert excerpt(TESTS, ()) == TESTS
    assert excerpt("def test_a(:\n", {"test_a"}) == "def test_a(:\n"
    assert excerpt("\0", {"test_a"}) == "\0"


NAMES = [f"test_{letter}" for letter in "abcdefgh"]


@given(st.lists(st.sampled_from(NAMES), unique=True), st.sets(st.sampled_from(NAMES)), st.lists(st.integers(0, 3)))
def test_what_is_kept_is_kept_word_for_word(names: list[str], keep: set[str], gaps: list[int]) -> None:
    """However many stand beside each other, and whatever lies between."""
    parts = [f"def {name}():\n    assert {number}\n" for number, name in enumerate(names)]
    between = ["\n" * (gap + 1) + ("" if gap % 2 else "VALUE = 1\n\n") for gap in gaps] + ["\n\n"] * len(names)
    text = "".join(gap + part for gap, part in zip(between, parts, strict=False))
    made = excerpt(text, keep)
    assert [part for name, part in zip(names, parts, strict=True) if name in keep or not keep & {*names}] == [
        part for part in parts if part in made
    ]
    assert made.count("VALUE = 1") == text.count("VALUE = 1")
    ast.parse(made)

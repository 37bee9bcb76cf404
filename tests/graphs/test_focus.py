"""A repair sees 60,000 characters of code: the files that matter have to come first."""

from __future__ import annotations

import pytest

from slipway.graphs.focus import ran_through


@pytest.mark.parametrize(
    ("executed", "owned", "order"),
    [
        ({}, ["a.py"], []),
        ({"t": ("b.py:1-3", "a.py:1")}, [], ["b.py", "a.py"]),
        ({"t": ("b.py:1-3", "a.py:1")}, ["a.py"], ["a.py", "b.py"]),  # what may be repaired comes first
        ({"t": ("b.py:1", "c.py:2,9", "a.py:1"), "u": ("d.py:3", "b.py:1")}, [], ["b.py", "d.py", "c.py", "a.py"]),
        ({"t": (), "u": ("web/a:b.py:7",)}, [], ["web/a:b.py"]),
    ],
)
def test_the_most_telling_file_of_each_test_comes_first(
    executed: dict[str, tuple[str, ...]], owned: list[str], order: list[str]
) -> None:
    assert ran_through(executed, owned) == order

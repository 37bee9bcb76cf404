"""A fault that runs with the wrong tests survives, though the right ones would notice it."""

from __future__ import annotations

import pytest

from slipway.checks.mutation.base import Fault
from slipway.checks.mutation.reach import Reach
from slipway.checks.sessions import Executed


def fault(line: int, before: str = "1", on_import: bool = False) -> Fault:
    return Fault("a.py", 0, 1, "constant", "f", line, before, "2", on_import)


def ran(test: str, *lines: int, programs: bool = False) -> Executed:
    return Executed(kind="executed", id=test, files={"a.py": list(lines), "b.py": [9]}, programs=programs)


@pytest.mark.parametrize(
    ("where", "tests"),
    [
        (fault(1), ["quick", "starts"]),
        (fault(2), ["slow", "starts"]),
        (fault(9), ["starts"]),
        (fault(9, on_import=True), ["quick", "slow", "starts"]),
        (fault(0, before="1 +\n2"), ["quick", "starts"]),
    ],
)
def test_which_tests_reach_a_line(where: Fault, tests: list[str]) -> None:
    """Quick ones first; code that runs on import, and programs that a test starts, are not told by lines."""
    executed = [ran("quick", 1), ran("slow", 2, 3), ran("starts", programs=True), ran("red", 1, 2, 9)]
    reach = Reach({"slow": 1.0, "quick": 0.1, "starts": 2.0}, {each.id: each for each in executed})
    assert reach.tests(where) == tests

"""A benchmark that misjudges is worse than none: its verdicts and its intervals, on numbers known beforehand."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

JUDGING = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks/saving/judging.py"), run_name="judging")


def test_a_spread_is_the_median_and_the_ends() -> None:
    assert JUDGING["Spread"].of([3.0, 1.0, 2.0, 10.0, 2.5]).shown(1) == "2.5 [1.0 .. 10.0]"


@pytest.mark.parametrize(
    ("value", "verdict"), [(1.99, "held"), (2.0, "held"), (2.01, "missed"), (float("nan"), "missed")]
)
def test_a_goal_holds_up_to_its_limit(value: float, verdict: str) -> None:
    assert JUDGING["Goal"]("step", value, 2.0, "ms").shown() == ("step", f"{value:.2f}", "<= 2.00 ms", verdict)


@pytest.mark.parametrize(
    ("early", "late", "percent"), [(100, 104, 4.0), (100, 96, 4.0), (0, 0, 0.0), (0, 1, float("inf"))]
)
def test_a_difference_counts_both_ways(early: float, late: float, percent: float) -> None:
    assert JUDGING["difference"](early, late) == pytest.approx(percent)


def test_windows_share_out_the_steps_of_a_run() -> None:
    """Times are those of the run's begin, of each step's begin, and of the end."""
    assert JUDGING["windows"]([0.0, 5.0, 6.0, 7.0, 9.0, 11.0], 2) == [2.0, 4.0]


def test_a_table_is_aligned() -> None:
    assert JUDGING["table"](("saver", "ms"), [("a", 10), ("longer", 1)]) == "\n".join(
        ["saver   ms", "----------", "a       10", "longer   1"]
    )

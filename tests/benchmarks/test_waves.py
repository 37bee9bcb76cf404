"""Wall time is held against what is computed here, so this is computed by hand once."""

from __future__ import annotations

import pytest
from coding.paths import dependency_path, wave_path
from coding.spans import covered

USES = {"a": (), "b": (), "c": ("a",), "d": ("b", "c")}
TURNS = {"a": 2, "b": 5, "c": 3, "d": 2}


def test_a_component_waits_for_what_it_uses_alone() -> None:
    """Brief and plan, then a, c and d, or b and d, whichever takes longer."""
    assert dependency_path(TURNS, USES) == 2 + 2 + 3 + 2
    assert dependency_path(TURNS | {"b": 6}, USES) == 2 + 6 + 2


def test_a_wave_waits_for_all_of_the_one_before() -> None:
    assert wave_path(TURNS, [("a", "b"), ("c",), ("d",)]) == 2 + 5 + 3 + 2


def test_a_circle_has_no_path() -> None:
    with pytest.raises(ValueError, match="a, b wait for each other"):
        dependency_path({"a": 1, "b": 1}, {"a": ("b",), "b": ("a",)})


@pytest.mark.parametrize(
    ("intervals", "seconds"),
    [
        ([], 0),
        ([(1, 2), (3, 5)], 3),
        ([(3, 5), (1, 4)], 4),
        ([(1, 9), (2, 3), (4, 5)], 8),
        ([(1, 2), (1, 2), (2, 3)], 2),
    ],
)
def test_time_in_several_at_once_counts_once(intervals: list[tuple[float, float]], seconds: float) -> None:
    assert covered(intervals) == seconds

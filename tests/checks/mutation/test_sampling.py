"""The sample decides what is tried: it must be the same on each run, and not all of one kind."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from slipway.checks.mutation.base import Fault
from slipway.checks.mutation.sampling import sample, seed_of


def fault(function: str, operator: str, line: int) -> Fault:
    return Fault("a.py", line, line + 1, operator, function, line, "1", "2", False)


FAULTS = st.lists(st.builds(fault, st.sampled_from("fgh"), st.sampled_from("xyz"), st.integers(1, 30)), unique=True)


@given(FAULTS, st.integers(0, 20), st.text(max_size=3), st.randoms())
def test_the_same_faults_give_the_same_sample_in_any_order(
    faults: list[Fault], most: int, seed: str, chance: object
) -> None:
    shuffled = list(faults)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    chosen = sample(faults, most, seed)
    assert chosen == sample(shuffled, most, seed)
    assert len(chosen) == len(set(chosen)) == min(most, len(faults)) and set(chosen) <= set(faults)


@given(FAULTS, st.integers(0, 20), st.text(max_size=3))
def test_no_function_is_tried_more_often_than_another_that_has_some_left(
    faults: list[Fault], most: int, seed: str
) -> None:
    there = Counter(each.function for each in faults)
    tried = Counter(each.function for each in sample(faults, most, seed))
    for function, count in tried.items():
        assert all(tried[other] >= min(count - 1, there[other]) for other in there), function


def test_operators_take_turns() -> None:
    faults = [fault("f", operator, line) for line, operator in enumerate("xxxxxxyz")]
    assert sorted(each.operator for each in sample(faults, 3, "s")) == ["x", "y", "z"]


def test_other_contents_give_another_seed() -> None:
    assert seed_of({"a": b"1", "b": b"2"}) == seed_of({"b": b"2", "a": b"1"}) != seed_of({"a": b"12", "b": b""})

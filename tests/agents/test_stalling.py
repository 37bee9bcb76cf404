"""A loop that never converges burns money; work that looks like one must go on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.agents.stalling import Done, repeats


def done(call: str, result: str = "r", *, at: int = 0, told: bool = True) -> Done:
    return Done(call, result, changes=call.startswith("write"), at=at, told=told)


@pytest.mark.parametrize(
    ("past", "latest", "count"),
    [
        ([], done("read a"), 0),
        ([done("read a")], done("read a"), 1),
        ([done("read a"), done("read b"), done("read a", told=False)], done("read a"), 2),
        ([done("read a")], done("read a", "other"), 0),
        ([done("run t", "exit status 1, 0.35 s\nin 12 ms")], done("run t", "exit status 1, 1.02 s\nin 7 ms"), 1),
        ([done("run t", "3 failed")], done("run t", "2 failed"), 0),
        ([done("read a"), done("write x")], done("read a"), 0),
        ([done("write x"), done("read a")], done("write x"), 1),
        ([done("write x"), done("write y"), done("write x")], done("write y"), 1),
        ([done("write x"), done("read a"), done("write x"), done("read a", told=False)], done("read a"), 2),
    ],
)
def test_what_counts_as_a_repeat(past: list[Done], latest: Done, count: int) -> None:
    assert repeats(past, latest) == count


def test_what_was_folded_away_is_asked_for_again_with_reason() -> None:
    past = [done("read a", at=3), done("read a", at=5, told=False)]
    assert repeats(past, done("read a", at=9), folded=3) == 2
    assert repeats(past, done("read a", at=9), folded=4) == 0


@given(st.lists(st.sampled_from(["read a", "read b", "write x", "write y", "run t"]), max_size=40))
def test_a_circle_of_calls_is_stopped_and_nothing_else(calls: list[str]) -> None:
    """However few calls there are: whoever makes only calls that were made is stopped after three of each."""
    past: list[Done] = []
    for call in [*calls, *["read a", "write x", "run t"] * 4]:
        latest = done(call, at=len(past))
        again = repeats(past, latest)
        if again >= 2:
            return
        past.append(done(call, at=len(past), told=not again))
    raise AssertionError("it would have gone on for ever")

"""The ladder decides what a run costs and whether it ends: each of its answers is in a table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.graphs.ladder import IDLE_ROUNDS, best, idle, known, next_move, repairs
from slipway.graphs.state import Move, Round


def judged(*rounds: tuple[Move, str, str, int]) -> list[Round]:
    """Rounds as (move, version, a letter for each fault, how many tests passed)."""
    return [
        Round(move=move, version=version, report=f"r-{version}", signatures=list(faults), passed=passed)
        for move, version, faults, passed in rounds
    ]


FIRST: tuple[Move, str, str, int] = ("write", "v1", "a", 5)


@pytest.mark.parametrize(
    ("rounds", "stronger", "move"),
    [
        # A fault that is new is repaired.
        ([FIRST], True, "fix"),
        ([FIRST, ("fix", "v2", "b", 5)], True, "fix"),
        # One that is still there calls for another idea, then for a stronger model, then for the component anew.
        ([FIRST, ("fix", "v2", "a", 5)], True, "rethink"),
        ([FIRST, ("fix", "v2", "ab", 5)], True, "rethink"),
        ([FIRST, ("fix", "v2", "a", 5), ("rethink", "v3", "a", 5)], True, "escalate"),
        ([FIRST, ("fix", "v2", "a", 5), ("rethink", "v3", "a", 5)], False, "rewrite"),
        ([FIRST, ("fix", "v2", "a", 5), ("rethink", "v3", "a", 5), ("escalate", "v4", "a", 5)], True, "rewrite"),
        # Then there is nothing left to try.
        ([FIRST, *[("fix", f"v{n}", "a", 5) for n in range(2, 6)]], True, "give_up"),
        ([FIRST, *[("fix", f"v{n}", "a", 5) for n in range(2, 5)]], False, "give_up"),
        # What helped begins anew, however often the fault was seen.
        ([("write", "v1", "ab", 5), ("fix", "v2", "a", 6)], True, "fix"),
        ([("write", "v1", "abc", 5), ("fix", "v2", "ab", 5), ("fix", "v3", "a", 5)], True, "fix"),
        # Progress that is taken back is none: the fault is seen for the second time.
        ([FIRST, ("fix", "v2", "b", 5), ("fix", "v3", "a", 5)], True, "rethink"),
        # Whoever changes nothing, or goes back to what was there, is not asked the same thing again.
        ([FIRST, ("fix", "v1", "a", 5)], True, "rethink"),
        ([FIRST, ("fix", "v2", "b", 5), ("fix", "v1", "a", 5)], True, "rethink"),
        ([FIRST, ("fix", "v1", "a", 5), ("rethink", "v1", "a", 5), ("escalate", "v1", "a", 5)], True, "give_up"),
        ([FIRST, ("fix", "v1", "a", 5), ("rethink", "v1", "a", 5), ("rewrite", "v1", "a", 5)], False, "give_up"),
    ],
)
def test_what_is_tried_next(rounds: list[Any], stronger: bool, move: str) -> None:
    assert next_move(judged(*rounds), limit=6, stronger=stronger) == move


@pytest.mark.parametrize(
    ("by", "moves"),
    [
        ("fixer", ["fix", "rethink", "rewrite", "give_up"]),
        ("writer", ["again", "again", "rewrite", "give_up"]),
        ("alone", ["fix", "rethink", "rethink", "give_up"]),
    ],
)
def test_whoever_repairs_is_asked_equally_often(by: Any, moves: list[Any]) -> None:
    """Else a crew without a role would be compared by how often it may try."""
    rounds: list[Any] = [FIRST]
    for number, move in enumerate(moves):
        assert next_move(judged(*rounds), limit=6, stronger=False, by=by) == move
        assert repairs(judged(*rounds)) == number
        rounds.append((move, f"v{number + 2}", "a", 5))


def test_the_limit_is_the_end() -> None:
    """Each repair finds another fault: only the bound ends that."""
    rounds = judged(FIRST, *[("fix", f"v{n}", chr(ord("a") + n), 5) for n in range(2, 8)])
    assert [next_move(rounds[:n], limit=6, stronger=True) for n in range(1, 8)] == ["fix"] * 6 + ["give_up"]
    assert next_move(rounds[:1], limit=0, stronger=True) == "give_up"


def test_better_tests_and_merges_are_no_repairs() -> None:
    rounds = judged(FIRST, ("strengthen", "v2", "a", 5), ("fix", "v3", "a", 5), ("merge", "v4", "b", 5))
    assert (repairs(rounds), idle(rounds)) == (1, 0)


@pytest.mark.parametrize(
    ("rounds", "version"),
    [
        ([FIRST], "v1"),
        ([FIRST, ("fix", "v2", "ab", 5)], "v1"),
        ([FIRST, ("fix", "v2", "b", 5)], "v2"),  # of equal ones the newest
        ([("write", "v1", "abc", 9), ("fix", "v2", "a", 0), ("fix", "v3", "ab", 9)], "v3"),  # v2 does not even parse
    ],
)
def test_the_best_version_is_what_a_run_that_gives_up_leaves(rounds: list[Any], version: str) -> None:
    assert best(judged(*rounds))["version"] == version


def test_a_version_is_judged_once() -> None:
    rounds = judged(FIRST, ("fix", "v2", "b", 5))
    assert (known(rounds, "v1"), known(rounds, "v3")) == (rounds[0], None)


ROUNDS = st.tuples(
    st.sampled_from([f"v{n}" for n in range(1, 10)]), st.sets(st.sampled_from("abc"), min_size=1), st.integers(0, 3),
)  # fmt: skip


@given(plays=st.lists(ROUNDS, min_size=40, max_size=40), limit=st.integers(0, 12), stronger=st.booleans())
def test_whatever_a_model_does_the_ladder_ends(
    plays: list[tuple[str, set[str], int]], limit: int, stronger: bool
) -> None:
    """Within its limit; and no move is made twice on the same version."""
    history, made, facts = judged(FIRST), set[tuple[str, str]](), dict[str, tuple[list[str], int]]()
    facts["v1"] = (["a"], 5)
    for version, faults, passed in plays:
        move = next_move(history, limit=limit, stronger=stronger)
        if move == "give_up":
            break
        step = (move, history[-1]["version"])
        assert step not in made or move == "rewrite"
        made.add(step)
        found, count = facts.setdefault(version, (sorted(faults), passed))
        history += judged((move, version, "".join(found), count))
    else:
        raise AssertionError("it never ended")
    assert repairs(history) <= limit
    assert idle(history) <= IDLE_ROUNDS

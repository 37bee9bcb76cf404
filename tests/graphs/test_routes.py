"""Where a run goes next decides what it costs and whether it ends: each answer is in a table."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.types import Send

from slipway.graphs.routes import after_check, first_wave, next_wave
from slipway.graphs.state import RunState

BRIEF = {"title": "t", "goal": "g"}


def component(name: str, *needs: str) -> dict[str, Any]:
    return {"id": name, "purpose": "p", "files": [f"{name}.py"], "interface": "i", "depends_on": needs}


PLAN: dict[str, Any] = {
    "summary": "s",
    "components": [component("cli", "amounts", "ledger"), component("amounts"), component("ledger")],
    "tests": ["test_a.py"],
}


def state(**values: Any) -> RunState:
    return RunState(brief=BRIEF, plan=PLAN, version="v1", **values)


def told(component: str) -> dict[str, Any]:
    return {"component": component, "version": "v1", "brief": BRIEF, "plan": PLAN}


def test_the_tests_are_written_beside_the_first_wave() -> None:
    """The tester waits for nobody: it must not see the code."""
    assert first_wave(state()) == [
        Send("code", told("amounts")), Send("code", told("ledger")), Send("write_tests", told("")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wave", "goes"), [(0, [Send("code", told("amounts")), Send("code", told("ledger"))]),
                       (1, [Send("code", told("cli"))]), (2, "check"), (3, "check")],
)  # fmt: skip
def test_waves_follow_each_other_until_all_is_written(wave: int, goes: Any) -> None:
    assert next_wave(state(wave=wave)) == goes


@pytest.mark.parametrize(
    ("green", "unproven", "rounds", "fix_rounds", "goes"),
    [
        (True, [], 0, 3, "deliver"),
        (True, [], 3, 3, "deliver"),
        (True, [], 0, 0, "deliver"),
        (True, ["C1"], 0, 3, "give_up"),
        (False, [], 0, 3, "fix"),
        (False, ["C1"], 2, 3, "fix"),
        (False, [], 3, 3, "give_up"),
        (False, [], 4, 3, "give_up"),
        (False, [], 0, 0, "give_up"),
    ],
)
def test_after_a_check(green: bool, unproven: list[str], rounds: int, fix_rounds: int, goes: str) -> None:
    """Only what is green and proven is delivered; what is red is repaired a limited number of times."""
    assert after_check(state(green=green, unproven=unproven, rounds=rounds), fix_rounds) == goes

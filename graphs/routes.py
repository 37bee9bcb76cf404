"""Where the graph goes next: pure functions of the state."""

from __future__ import annotations

from typing import Literal

from langgraph.types import Send

from ..state.records import Plan
from .state import RunState, Writing


def first_wave(state: RunState) -> list[Send]:
    """The components of the first wave, and the tests beside them."""
    return [*_wave(state, 0), Send("write_tests", _told(state, ""))]


def next_wave(state: RunState) -> list[Send] | Literal["check"]:
    """The components of the next wave; the checks when all are written."""
    if state["wave"] < len(Plan.model_validate(state["plan"]).waves()):
        return [*_wave(state, state["wave"])]
    return "check"


def after_check(state: RunState, fix_rounds: int) -> Literal["deliver", "fix", "give_up"]:
    """Deliver what is green and proven; repair what is red, at most `fix_rounds` times."""
    if state["green"]:
        return "give_up" if state["unproven"] else "deliver"
    return "fix" if state["rounds"] < fix_rounds else "give_up"


def _wave(state: RunState, number: int) -> list[Send]:
    return [Send("code", _told(state, name)) for name in Plan.model_validate(state["plan"]).waves()[number]]


def _told(state: RunState, component: str) -> Writing:
    return Writing(component=component, version=state["version"], brief=state["brief"], plan=state["plan"])

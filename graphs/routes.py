"""Where the graph goes next: pure functions of the state."""

from __future__ import annotations

from typing import Literal

from langgraph.types import Send

from ..config import Lineup
from ..state.records import Brief, Plan
from .ladder import next_for
from .questions import open_questions
from .state import RunContext, RunState, Writing

STRENGTHENED = 1
"""How often the tester is asked for better tests."""
SHARPENED = 1
"""How often the tester is asked for tests that notice more faults."""
ATTEMPTS = 2
"""How often a component is written before what does not even load is left to the checks."""
MERGES = 2
"""How often another run's changes are taken in before the run ends in a conflict."""


def after_interpret(state: RunState, context: RunContext) -> Literal["ask", "design"]:
    """Ask what has to be asked."""
    return "ask" if open_questions(Brief.model_validate(state["brief"]), context.ask) else "design"


def after_design(_: RunState, context: RunContext) -> Literal["approve", "baseline"]:
    """Have the plan approved where that was asked for."""
    return "baseline" if context.approve == "never" else "approve"


def after_approve(state: RunState) -> Literal["design", "baseline", "__end__"]:
    """Go on with an approved plan, change it, or leave it at that."""
    match state["approval"]:
        case "approved":
            return "baseline"
        case "changes":
            return "design"
        case "rejected":
            return "__end__"


def route_of(plan: Plan, lineup: Lineup, *, empty: bool) -> Literal["solo", "crew"]:
    """Who writes: one agent for a small edit, the crew for the rest.

    A line-up may force either. A new project is the crew's: its parts can be written at the same time. Without a
    tester, who writes the only component writes its tests, too, and that is one agent.
    """
    if "tester" in lineup.off and len(plan.components) == 1:
        return "solo"
    if lineup.route != "auto":
        return lineup.route
    return "solo" if plan.route == "solo" and len(plan.components) == 1 and not empty else "crew"


def first_wave(state: RunState, context: RunContext) -> list[Send]:
    """The one who writes alone; or the components of the first wave, and the tester beside them."""
    if Plan.model_validate(state["plan"]).route == "solo":
        return [Send("solo", _told(state, ""))]
    if "tester" in context.off:
        return _wave(state, 0)
    return [*_wave(state, 0), Send("write_tests", _told(state, ""))]


def next_wave(state: RunState, context: RunContext) -> list[Send] | Literal["check"]:
    """What does not load is written again; then the components of the next wave; the checks when all are written.

    Where there is no tester, the tests are written last, by who writes code.
    """
    if state["broken"]:
        return [Send("code", _told(state, name, findings)) for name, findings in state["broken"].items()]
    plan = Plan.model_validate(state["plan"])
    if plan.route == "crew" and state["wave"] < len(plan.waves()):
        return _wave(state, state["wave"])
    if plan.route == "crew" and "tester" in context.off and not _tested(state):
        return [Send("write_tests", _told(state, ""))]
    return "check"


def _tested(state: RunState) -> bool:
    """Whether tests were written."""
    return any(stage["stage"] == "write_tests" for stage in state["stages"])


def after_check(
    state: RunState, context: RunContext
) -> Literal["mutate", "deliver", "accept", "strengthen", "fix", "replan", "give_up"]:
    """Deliver what is green and proven; have weak tests made stronger; repair what is red, as the ladder says.

    What is proven by tests alone is proven once these were seen to notice faults.
    """
    if state["green"]:
        return _after_green(state, context)
    if state["weak"]:
        if _count(state, "strengthen") < STRENGTHENED:
            return "strengthen"
        if len(state["weak"]) == len(state["signatures"]):
            return "give_up"  # nobody else may mend tests
    match next_for(state["history"], context):
        case "give_up":
            return "give_up"
        case "again" | "rewrite":
            return "replan"
        case _:
            return "fix"


def after_mutate(state: RunState, context: RunContext) -> Literal["deliver", "accept", "strengthen", "give_up"]:
    """Have tests that notice too little sharpened once, and deliver what is proven."""
    if not state["mutated"][-1]["unnoticed"]:
        return _proven(state, context)
    return "strengthen" if len(state["mutated"]) <= SHARPENED else "give_up"


def _after_green(
    state: RunState, context: RunContext
) -> Literal["mutate", "deliver", "accept", "strengthen", "give_up"]:
    open_ = [name for name in state["unproven"] if name not in state["confirmed"]]
    manual = {criterion.id for criterion in Brief.model_validate(state["brief"]).criteria if criterion.manual}
    if set(open_) - manual:
        return "strengthen" if _count(state, "strengthen") < STRENGTHENED else "give_up"
    goes, mutated = _proven(state, context), state.get("mutated", [])
    if goes == "give_up" or not context.mutants or (mutated and not mutated[-1]["unnoticed"]):
        return goes
    return "give_up" if mutated and mutated[-1]["version"] == state["version"] else "mutate"


def _proven(state: RunState, context: RunContext) -> Literal["deliver", "accept", "give_up"]:
    """Where what is green and proven goes, but for what no check can prove."""
    if set(state["unproven"]) - set(state["confirmed"]):
        return "give_up" if context.ask == "never" and context.approve != "all" else "accept"
    return "accept" if context.approve == "all" else "deliver"


def after_accept(state: RunState) -> Literal["deliver", "give_up", "__end__"]:
    """Deliver what was accepted."""
    if state["approval"] == "rejected":
        return "__end__"
    return "give_up" if set(state["unproven"]) - set(state["confirmed"]) else "deliver"


def after_fix(state: RunState) -> Literal["rule", "check"]:
    """Have a dispute ruled on before anything else."""
    return "rule" if state["disputes"] else "check"


def after_rule(state: RunState) -> Literal["retest", "check"]:
    """Have the tests rewritten that are wrong; where none is, the ladder goes on."""
    return "retest" if state["disputes"] else "check"


def rewriting(state: RunState) -> list[Send]:
    """The components that are written anew, from the plan."""
    return [Send("code", _told(state, name, findings)) for name, findings in state["broken"].items()]


def after_deliver(state: RunState) -> Literal["check", "__end__"]:
    """What was merged with another run's changes is checked again."""
    return "__end__" if "status" in state else "check"


def _wave(state: RunState, number: int) -> list[Send]:
    return [Send("code", _told(state, name)) for name in Plan.model_validate(state["plan"]).waves()[number]]


def _told(state: RunState, component: str, findings: list[str] | None = None) -> Writing:
    return Writing(
        component=component,
        version=state["version"],
        brief=state["brief"],
        plan=state["plan"],
        attempt=state["attempts"].get(component, 0),
        findings=findings or [],
        baseline_report=state["baseline_report"],
        talk=state.get("talk", ""),
    )


def _count(state: RunState, move: str) -> int:
    return sum(each["move"] == move for each in state["history"])

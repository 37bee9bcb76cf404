"""Where a run goes next decides what it costs and whether it ends: each answer is in a table."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.types import Send

from slipway.config import Lineup, RoleConfig
from slipway.graphs import routes
from slipway.graphs.state import Mutated, Round, RunContext, RunState
from slipway.state import Plan

CRITERIA = [
    {"id": "C1", "text": "t", "requirement": "R1"},
    {"id": "C2", "text": "t", "requirement": "R1", "manual": True},
]
QUESTIONS = [{"id": "Q1", "text": "Which?", "matters": True}, {"id": "Q2", "text": "What?"}]
BRIEF: dict[str, Any] = {
    "title": "t", "goal": "g", "requirements": [{"id": "R1", "text": "t"}], "criteria": CRITERIA,
}  # fmt: skip


def component(name: str, *needs: str) -> dict[str, Any]:
    return {"id": name, "purpose": "p", "files": [f"{name}.py"], "interface": "i", "depends_on": needs}


PLAN: dict[str, Any] = {
    "summary": "s",
    "components": [component("cli", "amounts", "ledger"), component("amounts"), component("ledger")],
    "tests": ["test_a.py"],
}


def state(**values: Any) -> RunState:
    return RunState(
        **{
            "brief": BRIEF,
            "plan": PLAN,
            "version": "v1",
            "attempts": {},
            "broken": {},
            "weak": [],
            "baseline_report": "b1",
        }
        | values
    )


def told(component: str, attempt: int = 0, findings: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "component": component, "version": "v1", "brief": BRIEF, "plan": PLAN, "attempt": attempt,
        "findings": list(findings), "baseline_report": "b1", "talk": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("questions", "ask", "goes"),
    [
        ([], "always", "design"),
        (QUESTIONS, "never", "design"),
        (QUESTIONS, "auto", "ask"),
        (QUESTIONS[1:], "auto", "design"),
        (QUESTIONS[1:], "always", "ask"),
    ],
)
def test_only_what_the_policy_wants_is_asked(questions: Any, ask: Any, goes: str) -> None:
    assert routes.after_interpret(state(brief={**BRIEF, "questions": questions}), RunContext(ask=ask)) == goes


@pytest.mark.parametrize(("approve", "goes"), [("never", "baseline"), ("plan", "approve"), ("all", "approve")])
def test_a_plan_is_approved_where_that_was_asked_for(approve: Any, goes: str) -> None:
    assert routes.after_design(state(), RunContext(approve=approve)) == goes


@pytest.mark.parametrize(
    ("approval", "goes"), [("approved", "baseline"), ("changes", "design"), ("rejected", "__end__")]
)
def test_after_approval(approval: str, goes: str) -> None:
    assert routes.after_approve(state(approval=approval)) == goes


@pytest.mark.parametrize(
    ("forced", "estimate", "components", "empty", "route"),
    [
        ("auto", "solo", 1, False, "solo"),
        ("auto", "crew", 1, False, "crew"),
        ("auto", "solo", 2, False, "crew"),
        ("auto", "solo", 1, True, "crew"),
        ("solo", "crew", 3, True, "solo"),
        ("crew", "solo", 1, False, "crew"),
    ],
)
def test_who_writes(forced: Any, estimate: str, components: int, empty: bool, route: str) -> None:
    """A small edit is one agent's, unless the line-up says otherwise."""
    names = ("a", "b", "c")[:components]
    plan = Plan.model_validate({**PLAN, "components": [component(name) for name in names], "route": estimate})
    roles: Any = dict.fromkeys(("architect", "coder", "tester", "fixer"), RoleConfig(model="openai:x"))
    assert routes.route_of(plan, Lineup(name="t", roles=roles, route=forced), empty=empty) == route


def test_the_tests_are_written_beside_the_first_wave() -> None:
    """The tester waits for nobody: it must not see the code."""
    assert routes.first_wave(state(), RunContext()) == [
        Send("code", told("amounts")), Send("code", told("ledger")), Send("write_tests", told("")),
    ]  # fmt: skip


def test_who_writes_alone_writes_the_tests_too() -> None:
    plan = {**PLAN, "route": "solo"}
    assert routes.first_wave(state(plan=plan), RunContext()) == [Send("solo", {**told(""), "plan": plan})]
    assert routes.next_wave(state(plan=plan, wave=1), RunContext()) == "check"


@pytest.mark.parametrize(
    ("wave", "goes"), [(0, [Send("code", told("amounts")), Send("code", told("ledger"))]),
                       (1, [Send("code", told("cli"))]), (2, "check"), (3, "check")],
)  # fmt: skip
def test_waves_follow_each_other_until_all_is_written(wave: int, goes: Any) -> None:
    assert routes.next_wave(state(wave=wave), RunContext()) == goes


def test_what_does_not_load_is_written_again_before_others_build_on_it() -> None:
    broken = {"amounts": ["[imports] amounts.py:1 NameError"]}
    again = told("amounts", 1, ("[imports] amounts.py:1 NameError",))
    now = state(wave=0, broken=broken, attempts={"amounts": 1})
    assert routes.next_wave(now, RunContext()) == [Send("code", again)]


def test_without_a_tester_the_tests_come_last_and_once() -> None:
    context = RunContext(off=["tester"])
    assert routes.first_wave(state(), context) == [Send("code", told("amounts")), Send("code", told("ledger"))]
    assert routes.next_wave(state(wave=2, stages=[{"stage": "code"}]), context) == [Send("write_tests", told(""))]
    assert routes.next_wave(state(wave=3, stages=[{"stage": "write_tests"}]), context) == "check"


def judged(move: Any, *faults: str, version: str = "v1") -> Round:
    return Round(move=move, version=version, report="r", signatures=list(faults), passed=0)


FIRST = [judged("write", "a")]
STRENGTHENED = [judged("write"), judged("strengthen", version="v2")]


def mutated(version: str, *unnoticed: str) -> Mutated:
    return Mutated(version=version, results="r", unnoticed=list(unnoticed))


PROVEN = {"green": True, "unproven": []}
ENOUGH = [mutated("v1")]
TOO_LITTLE = [mutated("v1", "w")]


@pytest.mark.parametrize(
    ("values", "context", "goes"),
    [
        (PROVEN, {}, "mutate"),
        (PROVEN, {"approve": "all"}, "mutate"),
        (PROVEN, {"mutants": 0}, "deliver"),
        ({**PROVEN, "mutated": ENOUGH}, {}, "deliver"),
        ({**PROVEN, "mutated": ENOUGH, "version": "v2"}, {}, "deliver"),  # merged with what another run delivered
        ({**PROVEN, "mutated": TOO_LITTLE, "version": "v2"}, {}, "mutate"),
        ({**PROVEN, "mutated": TOO_LITTLE}, {}, "give_up"),  # the tester changed nothing
        ({"green": True, "unproven": ["C1"]}, {}, "strengthen"),
        ({"green": True, "unproven": ["C2"]}, {}, "give_up"),  # no time is spent on what a person will not confirm
        ({"green": True, "unproven": ["C2"]}, {"ask": "auto"}, "mutate"),
        ({"green": False, "history": FIRST, "mutated": TOO_LITTLE}, {}, "fix"),
    ],
)
def test_what_is_proven_by_tests_is_proven_once_these_notice_faults(
    values: dict[str, Any], context: dict[str, Any], goes: str
) -> None:
    before = {"history": [judged("write")], "confirmed": []}
    assert routes.after_check(state(**before | values), RunContext(**context)) == goes


@pytest.mark.parametrize(
    ("values", "context", "goes"),
    [
        ({"mutated": ENOUGH}, {}, "deliver"),
        ({"mutated": ENOUGH}, {"approve": "all"}, "accept"),
        ({"mutated": ENOUGH, "unproven": ["C2"]}, {"ask": "auto"}, "accept"),
        ({"mutated": TOO_LITTLE}, {}, "strengthen"),
        ({"mutated": [*TOO_LITTLE, mutated("v2")]}, {}, "deliver"),
        ({"mutated": [*TOO_LITTLE, mutated("v2", "w")]}, {}, "give_up"),
    ],
)
def test_tests_that_notice_too_little_go_back_to_the_tester_once(
    values: dict[str, Any], context: dict[str, Any], goes: str
) -> None:
    assert routes.after_mutate(state(**{"unproven": [], "confirmed": []} | values), RunContext(**context)) == goes


@pytest.mark.parametrize(
    ("values", "context", "goes"),
    [
        # Green and proven is delivered, or accepted first; green and not proven goes back to the tester once.
        ({"green": True, "unproven": []}, {}, "deliver"),
        ({"green": True, "unproven": []}, {"approve": "plan"}, "deliver"),
        ({"green": True, "unproven": []}, {"approve": "all"}, "accept"),
        ({"green": True, "unproven": ["C1"]}, {}, "strengthen"),
        ({"green": True, "unproven": ["C1"], "history": STRENGTHENED}, {}, "give_up"),
        ({"green": True, "unproven": ["C1"], "history": STRENGTHENED}, {"approve": "all"}, "give_up"),
        # What no check can prove blocks, unless there is a person who confirms it.
        ({"green": True, "unproven": ["C2"]}, {}, "give_up"),
        ({"green": True, "unproven": ["C2"]}, {"ask": "auto"}, "accept"),
        ({"green": True, "unproven": ["C2"], "confirmed": ["C2"]}, {"ask": "auto"}, "deliver"),
        ({"green": True, "unproven": ["C1", "C2"]}, {"ask": "auto"}, "strengthen"),
        # Faults of the tests are the tester's, once; nobody else may mend them.
        ({"green": False, "history": FIRST, "weak": ["w"], "signatures": ["a"]}, {}, "strengthen"),
        (
            {"green": False, "history": [*FIRST, judged("strengthen", "a")], "weak": ["w"], "signatures": ["a"]},
            {},
            "give_up",
        ),
        (
            {
                "green": False,
                "history": [*FIRST, judged("strengthen", "a", version="v2")],
                "weak": ["w"],
                "signatures": ["a", "b"],
            },
            {},
            "fix",
        ),
        # Red is repaired as the ladder says.
        ({"green": False, "history": FIRST}, {}, "fix"),
        ({"green": False, "history": FIRST}, {"fix_rounds": 0}, "give_up"),
        ({"green": False, "history": [*FIRST, judged("fix", "a", version="v2")]}, {}, "fix"),
        (
            {"green": False, "history": [*FIRST, *[judged("fix", "a", version=f"v{n}") for n in (2, 3)]]},
            {},
            "replan",
        ),
        ({"green": False, "history": [*FIRST, *[judged("fix", "a")] * 3]}, {}, "give_up"),
    ],
)
def test_after_a_check(values: dict[str, Any], context: dict[str, Any], goes: str) -> None:
    before = {"history": [judged("write")], "confirmed": [], "mutated": ENOUGH}
    assert routes.after_check(state(**before | values), RunContext(**context)) == goes


@pytest.mark.parametrize(
    ("values", "goes"),
    [
        ({"approval": "approved", "unproven": [], "confirmed": []}, "deliver"),
        ({"approval": "approved", "unproven": ["C2"], "confirmed": ["C2"]}, "deliver"),
        ({"approval": "approved", "unproven": ["C2"], "confirmed": []}, "give_up"),
        ({"approval": "rejected", "unproven": [], "confirmed": []}, "__end__"),
    ],
)
def test_after_a_person_looked_at_the_delivery(values: dict[str, Any], goes: str) -> None:
    assert routes.after_accept(state(**values)) == goes


@pytest.mark.parametrize(("disputes", "fixed", "ruled"), [([], "check", "check"), ([{"test": "t"}], "rule", "retest")])
def test_a_disputed_test_is_ruled_on_and_rewritten_where_it_is_wrong(disputes: Any, fixed: str, ruled: str) -> None:
    assert routes.after_fix(state(disputes=disputes)) == fixed
    assert routes.after_rule(state(disputes=disputes)) == ruled


def test_a_component_is_written_anew_with_what_was_wrong_with_it() -> None:
    anew = state(broken={"ledger": ["red"]}, attempts={"ledger": 1})
    assert routes.rewriting(anew) == [Send("code", told("ledger", 1, ("red",)))]


@pytest.mark.parametrize(("values", "goes"), [({"status": "delivered"}, "__end__"), ({}, "check")])
def test_what_was_merged_is_checked_again(values: dict[str, Any], goes: str) -> None:
    assert routes.after_deliver(state(**values)) == goes

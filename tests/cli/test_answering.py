"""What a person says decides what they meant, or nothing: a wrong word is asked again and never taken for a yes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slipway.cli.answering import actions, answers, asked, decision, described
from slipway.config import UsageError
from slipway.graphs.questions import Request, ask_for_delivery, ask_for_plan, ask_questions
from slipway.state import Outcome
from slipway.state.records import Brief, Component, Criterion, Evidence, Pending, Plan, Question, Requirement

CURRENCY = Question(id="Q1", text="Which currency?", options=("EUR", "USD", "3"), default="EUR")
NEGATIVE = Question(id="Q2", text="Negative amounts, too?", default="no")
PLAN = Plan(
    summary="Two parts.",
    components=(
        Component(id="a", purpose="Read.", files=("a.py",), interface="a()"),
        Component(id="b", purpose="Print.", files=("b.py", "c.py"), interface="b()", depends_on=("a",)),
    ),
    tests=("tests/test_a.py",),
)
BRIEF = Brief(
    title="t",
    goal="g",
    requirements=(Requirement(id="R1", text="r"),),
    criteria=(Criterion(id="C1", text="It looks good.", requirement="R1"),),
)
QUESTIONS = ask_questions([CURRENCY, NEGATIVE])
DELIVERY = ask_for_delivery("v1", [Evidence(criterion="C1", status="unproven")], BRIEF, unproven=["C1"])


def parked(*requests: Request) -> Outcome:
    waiting = tuple(Pending(id=f"i{number}", request=request) for number, request in enumerate(requests))
    return Outcome(run="r", project="p", status="needs_input", waiting=waiting)


def told(text: str) -> dict[str, str]:
    return {"type": "respond", "message": text}


YES, NO = {"type": "approve"}, {"type": "reject"}


@pytest.mark.parametrize(
    ("request_", "place", "words"),
    [
        (QUESTIONS, 0, {"approve": YES, "2": told("USD"), "3": told("3"), "usd": told("usd"), " CHF ": told("CHF")}),
        (QUESTIONS, 1, {"approve": YES, "yes": told("yes"), "no": told("no"), "7": told("7"), "edit": told("edit")}),
        (ask_for_plan(PLAN), 0, {"y": YES, "Approve": YES, "n": NO, "reject": NO, "no!": told("no!"), "1": told("1")}),
        (DELIVERY, 0, {"yes": YES, "no": NO}),
        (DELIVERY, 1, {"approve": YES, "REJECT": NO}),
    ],
    ids=["question with options", "question", "plan", "criterion", "delivery"],
)
def test_words_and_what_they_decide(request_: Request, place: int, words: dict[str, Any]) -> None:
    action = list(actions(parked(request_).waiting))[place]
    assert {word: decision(word, action) for word in words} == words


@pytest.mark.parametrize(
    ("request_", "word", "said"),
    [
        (QUESTIONS, "4", "there is no option 4; give approve, a number from 1 to 3, or say what you want"),
        (QUESTIONS, "0", "there is no option 0; give approve, a number from 1 to 3, or say what you want"),
        (QUESTIONS, " ", "an answer is empty; give approve, a number from 1 to 3, or say what you want"),
        (ask_for_plan(PLAN), "", "an answer is empty; give approve, edit, reject, or say what you want"),
        (ask_for_plan(PLAN), "edit", "a plan is edited in a file: `slipway answer RUN --show --json > FILE`, change "
         "that, then `slipway answer RUN --edit FILE`; or say what is to be changed"),
        (DELIVERY, "perhaps", "'perhaps' is no answer here; give approve, reject"),
    ],
)  # fmt: skip
def test_words_that_decide_nothing(request_: Request, word: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        decision(word, next(actions(parked(request_).waiting)))
    assert str(error.value) == said


def test_what_is_asked_is_shown_with_what_may_be_said() -> None:
    assert asked(parked(QUESTIONS, ask_for_plan(PLAN), DELIVERY)) == [
        "question: Which currency?\n  1. EUR\n  2. USD\n  3. 3\n  (approve takes: EUR)\n"
        "  approve, a number from 1 to 3, or say what you want",
        "question: Negative amounts, too?\n  (approve takes: no)\n  approve, or say what you want",
        "the plan: Two parts.\n  a: Read. [a.py]\n  b: Print. [b.py, c.py], uses a\n"
        "  tests: tests/test_a.py; route: crew\n  approve, edit, reject, or say what you want",
        "no check can prove this: It looks good.\n  criterion: C1\n  approve, reject",
        "the delivery: every check passed; deliver this version\n  version v1\n  C1 unproven\n  approve, reject",
    ]


def test_enter_decides_what_is_proposed_but_never_that_a_criterion_is_met() -> None:
    criterion, delivery = actions(parked(DELIVERY).waiting)
    assert (criterion.proposed, delivery.proposed) == ("", "approve")
    last = [described(action, enter=True).splitlines()[-1] for action in (criterion, delivery)]
    assert last == ["  approve, reject", "  approve, reject; Enter approves"]


def test_answers_go_to_what_asked_for_them() -> None:
    outcome = parked(QUESTIONS, ask_for_plan(PLAN))
    assert answers(outcome, ["2", "no", "yes"]) == {
        "i0": {"decisions": [told("USD"), told("no")]}, "i1": {"decisions": [YES]},
    }  # fmt: skip
    with pytest.raises(UsageError, match="run 'r' asks for 3 decisions, 1 were given:\n  question: Which currency"):
        answers(outcome, ["approve"])


def test_an_edited_plan_is_what_show_printed_or_the_plan_alone(tmp_path: Path) -> None:
    outcome, file = parked(ask_for_plan(PLAN)), tmp_path / "plan.json"
    mine = {**PLAN.model_dump(mode="json"), "summary": "Mine."}
    shown = [each.model_dump(mode="json") for each in outcome.waiting]
    shown[0]["request"]["action_requests"][0]["args"] = mine
    for content in (shown, mine):
        file.write_text(json.dumps(content))
        assert answers(outcome, [], str(file)) == {
            "i0": {"decisions": [{"type": "edit", "edited_action": {"name": "build_plan", "args": mine}}]}
        }
    for content in ([], [1], 1, "x", [{"request": {"action_requests": [{"name": "other"}]}}]):
        file.write_text(json.dumps(content))
        with pytest.raises(UsageError, match="holds no plan; edit what `slipway answer RUN --show --json` prints"):
            answers(outcome, [], str(file))
    with pytest.raises(UsageError, match="only a plan can be edited, and the run asks about question; give approve"):
        answers(parked(QUESTIONS), [], str(file))
    with pytest.raises(UsageError, match="leave the words away"):
        answers(outcome, ["yes"], str(file))

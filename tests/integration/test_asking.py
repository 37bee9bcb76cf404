"""A person decides what only a person can: questions, plans, deliveries. Without one the run parks, losing nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slipway import Outcome, replay, resume, run
from slipway.config import Settings, UsageError
from slipway.state import Evidence

from ..commands import run as command
from .playing import BRIEF, PLAN, REQUEST, Part, Play, say

QUESTIONS = [
    {"id": "Q1", "text": "Which currency?", "options": ["EUR", "USD"], "default": "EUR", "matters": True},
    {"id": "Q2", "text": "Which language?", "default": "English"},
]
CURIOUS = Play(brief={**BRIEF, "questions": QUESTIONS})


async def started(play: Play, settings: Settings, folder: Path, **more: Any) -> Outcome:
    return await run(REQUEST, lineup=play.lineup(folder), settings=settings, **more)


def decide(outcome: Outcome, *decisions: dict[str, Any]) -> dict[str, Any]:
    [waiting] = outcome.waiting
    return {waiting.id: {"decisions": list(decisions)}}


async def test_nobody_is_asked_by_default_and_what_is_assumed_is_recorded(settings: Settings, tmp_path: Path) -> None:
    outcome = await started(CURIOUS, settings, tmp_path)
    assert outcome.status == "delivered"
    assert outcome.brief and outcome.brief.assumptions == (
        "Which currency? Assumed: EUR", "Which language? Assumed: English",
    )  # fmt: skip


async def test_what_matters_is_asked_and_the_run_parks_until_it_is_answered(settings: Settings, tmp_path: Path) -> None:
    """The request has the form of LangChain's human-in-the-loop interrupts."""
    outcome = await started(CURIOUS, settings, tmp_path, ask="auto")
    assert (outcome.status, outcome.cause, outcome.reason) == (
        "needs_input", "question", f"1 decision is up to you: slipway answer {outcome.run}",
    )  # fmt: skip
    [waiting] = outcome.waiting
    assert waiting.request == {
        "action_requests": [{"name": "answer_question", "args": QUESTIONS[0], "description": "Which currency?"}],
        "review_configs": [{"action_name": "answer_question", "allowed_decisions": ["approve", "respond"]}],
    }
    parked = await resume(outcome.run, settings=settings)  # without an answer it stays where it is
    assert (parked.status, parked.waiting, parked.usage.calls) == ("needs_input", outcome.waiting, 1)
    ended = await resume(outcome.run, answers=decide(outcome, {"type": "respond", "message": "CHF"}), settings=settings)
    assert (ended.status, ended.waiting) == ("delivered", ())
    assert ended.brief and ended.brief.assumptions == (
        "Which currency? Answered: CHF", "Which language? Assumed: English",
    )  # fmt: skip


async def test_a_plan_is_sent_back_edited_and_approved(settings: Settings, tmp_path: Path) -> None:
    smaller = {**PLAN, "summary": "Smaller."}
    again = Part("architect", ("## Task: plan", "wants it changed", "Make it smaller."), [say(json.dumps(smaller))])
    outcome = await started(Play(parts=(again,)), settings, tmp_path, approve="plan")
    request: Any = outcome.waiting[0].request
    assert request["action_requests"][0]["args"]["summary"] == "One function."
    assert request["review_configs"][0]["allowed_decisions"] == ["approve", "edit", "reject", "respond"]
    changed = await resume(
        outcome.run, answers=decide(outcome, {"type": "respond", "message": "Make it smaller."}), settings=settings
    )
    args: Any = changed.waiting[0].request["action_requests"]
    assert (changed.status, args[0]["args"]["summary"]) == ("needs_input", "Smaller.")
    edited = {**args[0]["args"], "summary": "Mine."}
    decision = {"type": "edit", "edited_action": {"name": "build_plan", "args": edited}}
    ended = await resume(outcome.run, answers=decide(changed, decision), settings=settings)
    assert ended.status == "delivered"
    assert [stage.step for stage in ended.stages][:3] == ["interpret", "design", "design/2"]


async def test_a_replay_decides_as_the_person_did(settings: Settings, tmp_path: Path) -> None:
    """It has nobody to ask; and what comes after a decision depends on it."""
    smaller = {**PLAN, "summary": "Smaller."}
    again = Part("architect", ("## Task: plan", "wants it changed", "Make it smaller."), [say(json.dumps(smaller))])
    play = Play(brief=CURIOUS.brief, parts=(again,))
    outcome = await started(play, settings, tmp_path, ask="always", approve="all")
    said = [
        [{"type": "respond", "message": "CHF"}, {"type": "approve"}],
        [{"type": "respond", "message": "Make it smaller."}],
        [{"type": "approve"}],
        [{"type": "approve"}],
    ]
    ended = outcome
    for decisions in said:
        ended = await resume(outcome.run, answers=decide(ended, *decisions), settings=settings)
    assert ended.status == "delivered", ended.reason
    replayed = await replay(outcome.run, settings=settings)
    assert (replayed.status, replayed.version, replayed.brief) == ("delivered", ended.version, ended.brief)
    assert [stage.step for stage in replayed.stages] == [stage.step for stage in ended.stages]


async def test_what_is_turned_down_is_not_built(settings: Settings, tmp_path: Path) -> None:
    outcome = await started(Play(), settings, tmp_path, approve="plan")
    no = {"type": "reject", "message": "too big"}
    ended = await resume(outcome.run, answers=decide(outcome, no), settings=settings)
    assert (ended.status, ended.reason, ended.files) == ("cancelled", "the plan was turned down: too big", ())


async def test_a_criterion_that_no_check_can_prove_is_confirmed_by_a_person(settings: Settings, tmp_path: Path) -> None:
    looks = {"id": "C3", "text": "It looks good.", "requirement": "R1", "manual": True}
    play = Play(brief={**BRIEF, "criteria": [*BRIEF["criteria"], looks]})
    alone = await started(play, settings, tmp_path)
    assert (alone.status, alone.reason.startswith("no telling test proves C3")) == ("gave_up", True)
    outcome = await started(play, settings, tmp_path, approve="all", project=None)
    outcome = await resume(outcome.run, answers=decide(outcome, {"type": "approve"}), settings=settings)  # the plan
    request: Any = outcome.waiting[0].request
    assert [action["name"] for action in request["action_requests"]] == ["confirm_criterion", "deliver"]
    yes, no = {"type": "approve"}, {"type": "reject"}
    ended = await resume(outcome.run, answers=decide(outcome, no, yes), settings=settings)
    assert ended.status == "gave_up"
    outcome = await started(play, settings, tmp_path, ask="always")
    ended = await resume(outcome.run, answers=decide(outcome, yes, yes), settings=settings)
    assert ended.status == "delivered"
    assert ended.evidence[-1] == Evidence(criterion="C3", status="proven", check="person")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"decisions": []}, "1 decisions are asked for, one for each question in order; 0 were given"),
        ({"decisions": [{"type": "edit"}]}, "'edit' is no answer to 'answer_question'; it takes approve, respond"),
        ({"decisions": [{"type": "respond"}]}, "`respond` to 'answer_question' needs a `message`"),
        ("yes", "the answer does not fit: decisions: Input should be a valid tuple"),
    ],
)
async def test_an_answer_that_does_not_fit_changes_nothing(
    settings: Settings, tmp_path: Path, answer: Any, said: str
) -> None:
    outcome = await started(CURIOUS, settings, tmp_path, ask="auto")
    with pytest.raises(UsageError) as error:
        await resume(outcome.run, answers={outcome.waiting[0].id: answer}, settings=settings)
    assert str(error.value) == said
    with pytest.raises(UsageError, match="did not ask 'x'; it waits for "):
        await resume(outcome.run, answers={"x": answer}, settings=settings)


Slipway = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def slipway(environment: dict[str, str]) -> Slipway:
    return lambda *words: command(*words, environment=environment)


def test_the_command_line_parks_without_a_terminal_and_takes_answers(
    slipway: Slipway, settings: Settings, tmp_path: Path
) -> None:
    """Never a prompt where nobody sits."""
    lineup = tmp_path / "lineup.yaml"
    lineup.write_text(json.dumps(CURIOUS.lineup(tmp_path).model_dump(mode="json")))
    parked = slipway("build", REQUEST, "--lineup", str(lineup), "--ask", "always", "--json")
    result = json.loads(parked.stdout.splitlines()[-1])
    assert (parked.returncode, result["status"], parked.stderr) == (3, "needs_input", "")
    shown = slipway("answer", result["run"], "--show")
    assert shown.stdout.startswith("question: Which currency?\n  1. EUR\n  2. USD\n  (approve takes: EUR)\n")
    empty = slipway("answer", result["run"])
    assert (empty.returncode, empty.stdout) == (2, "")
    assert "waits for decisions; give them in this order behind its id" in empty.stderr
    few = slipway("answer", result["run"], "approve")
    assert (few.returncode, "asks for 2 decisions, 1 were given" in few.stderr) == (2, True)
    done = slipway("answer", result["run"], "approve", "German")
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "delivered")
    late = slipway("answer", result["run"], "approve", "German")
    assert (late.returncode, late.stdout) == (2, "")
    assert f"run '{result['run']}' waits for no answer: it is delivered" in late.stderr

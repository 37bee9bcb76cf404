"""What a model sends is not to be trusted: malformed, out of bounds or never right, it ends in one clear line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slipway import Outcome, run
from slipway.config import Settings, parse_lineup
from slipway.state import EventStream, ProjectStore, ToolCalled, open_state

from .playing import BRIEF, NAMES, PLAN, REQUEST, RIGHT, WHOLE, WRONG, Part, Play, Turn, call, say, write

WEAK = Play(coder=(write("money.py", WRONG), say("Done.")))
"""The coder's first version has a fault that the tests find."""


async def _run(tmp_path: Path, settings: Settings, play: Play, project: str | None = None) -> Outcome:
    return await run(REQUEST, lineup=play.lineup(tmp_path), settings=settings, project=project)


def _twice(task: str, first: str, then: str) -> tuple[Part, Part]:
    """What the architect says to a task, and then, where that was not valid."""
    marks = (f"## Task: {task}", REQUEST if task == "brief" else BRIEF["requirements"][0]["text"])
    again = f"This is not a valid {task.capitalize()}"
    return Part("architect", marks, [say(first)]), Part("architect", (*marks, again), [say(first), say(then)])


def _at_once(*turns: Turn) -> Turn:
    """One turn with the tool calls of several."""
    return {"content": "", "tool_calls": [call for turn in turns for call in turn["tool_calls"]]}


def _owning(path: str) -> Play:
    """A plan, not to be changed, whose component owns this file."""
    plan = json.dumps({**PLAN, "components": [{**PLAN["components"][0], "files": [path]}]})
    return Play(parts=_twice("plan", plan, plan))


async def test_a_malformed_brief_may_be_repaired_once(tmp_path: Path, settings: Settings) -> None:
    right = json.dumps(BRIEF)
    wrong = right.replace('"requirement": "R1"', '"requirement": "R9"')
    outcome = await _run(tmp_path, settings, Play(parts=_twice("brief", wrong, right)))
    assert (outcome.status, outcome.usage.calls) == ("delivered", 5)


async def test_a_brief_that_stays_malformed_fails_the_run(tmp_path: Path, settings: Settings) -> None:
    outcome = await _run(tmp_path, settings, Play(parts=_twice("brief", "Sure! Here it is.", "Sorry.")))
    assert (outcome.status, outcome.stages) == ("failed", ())
    assert outcome.reason == (
        f"the architect's model 'scripted:{tmp_path}/play-0.json' twice gave no valid brief: there is no JSON object "
        "in it; give the architect another model in the line-up"
    )


async def test_a_plan_with_a_path_outside_the_project_is_refused(tmp_path: Path, settings: Settings) -> None:
    outcome = await _run(tmp_path, settings, _owning("../amounts.py"))
    assert outcome.status == "failed"
    assert "twice gave no valid plan: " in outcome.reason
    assert "'../amounts.py' is not a path inside the project; give a relative path without '..'" in outcome.reason


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../../etc/cron.d/x", "'../../etc/cron.d/x' is not a path inside the project"),
        ("/etc/passwd", "'/etc/passwd' is not a path inside the project"),
        ("names.py", "names.py does not belong to component 'money', which owns money.py"),
    ],
)
async def test_a_coder_that_writes_elsewhere_is_told_and_nothing_is_written(
    tmp_path: Path, settings: Settings, path: str, why: str
) -> None:
    both = _at_once(write(path, "x"), write("money.py", RIGHT))
    play = Play(
        plan={**PLAN, "components": [*PLAN["components"], NAMES]},
        coder=(both,),
        parts=(
            # The script goes on only where the model was told why.
            Part("coder", ("## Component: money", why), (both, say("Done."))),
            Part("coder", ("## Component: names", "Hold a name."), (write("names.py", 'NAME = "sum"\n'), say("Done."))),
        ),
    )
    outcome = await _run(tmp_path, settings, play)
    assert outcome.status == "delivered", outcome.reason
    async with open_state(settings) as redis:
        events = [event for _, event in await EventStream(redis, outcome.run).read()]
        version = await ProjectStore(redis).files(outcome.project, str(outcome.version))
    assert sum(isinstance(event, ToolCalled) and not event.ok for event in events) == 1
    assert b"x" not in [content for content, _ in version.values()]
    assert sorted(version) == ["money.py", "names.py", "tests/test_money.py"]


async def test_a_fixer_that_never_gets_it_right_is_stopped(tmp_path: Path, settings: Settings) -> None:
    outcome = await _run(tmp_path, settings, WEAK.but(fixer=(say("It is done."),)))
    assert outcome.status == "gave_up"
    assert outcome.reason == (
        "1 finding still blocks after 3 repairs, the last 3 of which changed nothing: [tests] "
        "tests/test_money.py::test_c2_fewer_decimals tests/test_money.py:8 AssertionError: assert 1205 == 1250; see "
        f"more with: slipway show {outcome.run}"
    )
    assert {proof.criterion: proof.status for proof in outcome.evidence}["C2"] == "failed"
    assert "money.py" in outcome.files  # what there is, is kept


async def test_a_fixer_may_not_change_the_tests(tmp_path: Path, settings: Settings) -> None:
    """The cheapest way to green is to weaken the test; the tests are locked."""

    cheat = _at_once(call("run", command="echo > tests/test_money.py"), write("tests/test_money.py", ""))
    outcome = await _run(tmp_path, settings, WEAK.but(fixer=(cheat, say("All tests pass now."))))
    assert outcome.status == "gave_up"
    fixes = [stage.note for stage in outcome.stages if stage.stage == "fix"]
    left = "left behind, as this step does not own them: tests/test_money.py"
    assert fixes == [left, f"rethink; {left}"]


async def test_a_component_may_not_own_what_steers_the_tests(tmp_path: Path, settings: Settings) -> None:
    """A hook in conftest.py can turn every failure into a pass."""

    outcome = await _run(tmp_path, settings, _owning("conftest.py"))
    assert outcome.status == "failed"
    assert "component 'money' owns 'conftest.py', which decides how tests run" in outcome.reason


async def test_a_test_that_passes_without_any_code_proves_nothing(tmp_path: Path, settings: Settings) -> None:
    fine = write("tests/test_money.py", "def test_c1_fine():\n    assert len('a') == 1\n")
    outcome = await _run(tmp_path, settings, Play(tester=(fine, say("Done."))))
    assert outcome.checks is not None and outcome.checks.green
    assert outcome.status == "gave_up"
    assert outcome.reason.startswith("no telling test proves C1, C2")


async def test_tests_of_an_earlier_run_prove_nothing_of_this_one(tmp_path: Path, settings: Settings) -> None:
    """Each run numbers its criteria from C1 on."""
    first = await _run(tmp_path, settings, Play(), project="ledger")
    assert first.status == "delivered"
    other = write("tests/test_new_money.py", "def test_other():\n    assert len('a') == 1\n")
    play = Play(plan={**PLAN, "tests": ["tests/test_new_money.py"]}, tester=(other, say("Done.")))
    outcome = await _run(tmp_path, settings, play, project="ledger")
    assert (outcome.status, {proof.status for proof in outcome.evidence}) == ("gave_up", {"unproven"})


async def test_a_reply_that_no_rule_has_parks_the_run(tmp_path: Path, settings: Settings) -> None:
    outcome = await _run(tmp_path, settings, WEAK.but(fixer=()))
    assert (outcome.status, outcome.cause) == ("paused", "model")
    assert "refused the request (HTTP 400)" in outcome.reason and "fixer" in outcome.reason


async def test_each_role_asks_its_own_model(start_endpoint: Any, settings: Settings, tmp_path: Path) -> None:
    """The endpoint's own log says who asked for what."""
    endpoint = start_endpoint(script=WHOLE.script(tmp_path))
    names = {"architect": "big", "coder": "fast", "tester": "other", "fixer": "careful"}
    roles = {role: {"model": f"openai:{name}", "base_url": endpoint.base_url} for role, name in names.items()}
    outcome = await run(REQUEST, lineup=parse_lineup({"name": "t", "roles": roles}, source="t"), settings=settings)
    assert outcome.status == "delivered"
    asked = {(e["role"], e["model"]) for e in endpoint.entries() if e["event"] == "asked"}
    assert asked == set(names.items())
    assert json.loads(outcome.model_dump_json())["usage"]["cost_usd"] is None  # unknown, and said to be

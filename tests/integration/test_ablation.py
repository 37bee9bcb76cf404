"""A crew from which a role was taken still builds: else nobody could say what that role is worth."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from slipway import fork, resume, run
from slipway.config import Lineup, Settings, UsageError, load_lineup
from slipway.state import Journal, Outcome, ProjectStore, open_state
from slipway.state.base import Fence

from ..commands import Started
from ..commands import run as command
from .conftest import StartEndpoint
from .playing import BRIEF, NAMES, PLAN, REQUEST, RIGHT, TESTS, WRONG, Held, Part, Play, holding, say, write

CODE, TEST = write("money.py", RIGHT), write("tests/test_money.py", TESTS)
DONE = say("Done.")


def played(play: Play, folder: Path, **changes: Any) -> Lineup:
    """The line-up of a play, with what is different in it."""
    role = {"model": f"scripted:{play.script(folder)}", "price": {"input": 1, "cached": 1, "output": 1}}
    file = folder / "lineup.yaml"
    base = folder / "base.yaml"
    base.write_text(json.dumps({"default": {**role, "max_calls": 8}}))  # JSON is YAML
    file.write_text(json.dumps({"extends": "base.yaml", **changes}))
    return load_lineup(str(file))


def who(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(stage.step, stage.role) for stage in outcome.stages if stage.stage not in ("baseline", "check", "mutate")]


async def test_without_a_tester_one_coder_writes_a_component_and_its_tests(tmp_path: Path, settings: Settings) -> None:
    play = Play(parts=(Part("coder", ("## Task: solo",), [TEST, CODE, DONE]),))
    outcome = await run(REQUEST, lineup=played(play, tmp_path, roles={"tester": False}), settings=settings)
    assert outcome.status == "delivered", outcome.reason
    assert who(outcome) == [
        ("interpret", "architect"), ("design", "architect"), ("solo", "coder"), ("deliver", None),
    ]  # fmt: skip
    assert set(outcome.prompts) == {"architect", "coder", "fixer"} and outcome.lineup


async def test_without_a_tester_the_tests_of_several_components_are_written_last(
    tmp_path: Path, settings: Settings
) -> None:
    """By a coder, with the code in sight; what cannot fail without code still proves nothing."""
    play = Play(
        plan={**PLAN, "components": [*PLAN["components"], NAMES]},
        parts=(
            Part("coder", ("## Component: names", "Hold a name."), [write("names.py", 'NAME = "sum"\n'), DONE]),
            Part("coder", ("## Task: tests",), [TEST, DONE]),
        ),
    )
    outcome = await run(REQUEST, lineup=played(play, tmp_path, roles={"tester": False}), settings=settings)
    assert outcome.status == "delivered", outcome.reason
    assert sorted(who(outcome)[2:4]) == [("code/money", "coder"), ("code/names", "coder")]
    assert who(outcome)[4:] == [("write_tests", "coder"), ("deliver", None)]
    assert [proof.status for proof in outcome.evidence] == ["proven", "proven"]


@pytest.mark.parametrize("tester", [True, False])
async def test_without_an_architect_the_request_is_the_plan(tmp_path: Path, settings: Settings, tester: bool) -> None:
    """Nobody knows beforehand which files there will be: what was written becomes the plan's."""
    play = Play(
        parts=(
            Part("coder", ("## Component: software",), [write("tests/test_mine.py", TESTS), CODE, DONE]),
            Part("coder", ("## Task: solo",), [TEST, CODE, DONE]),
        )
    )
    roles = {"architect": False, **({} if tester else {"tester": False})}
    limits = settings.limits.model_copy(update={"mutants": 5})
    settings = settings.model_copy(update={"limits": limits})
    outcome = await run(REQUEST, lineup=played(play, tmp_path, roles=roles), settings=settings)
    assert outcome.status == "delivered", outcome.reason
    writers = [("code/software", "coder"), ("write_tests", "tester")] if tester else [("solo", "coder")]
    assert sorted(who(outcome)) == sorted([("interpret", None), ("design", None), *writers, ("deliver", None)])
    assert outcome.files == ("money.py", "tests/test_money.py")
    assert outcome.brief and [each.text for each in outcome.brief.requirements] == [REQUEST]
    assert [(proof.criterion, proof.status, len(proof.tests)) for proof in outcome.evidence] == [("C1", "proven", 2)]
    assert [each.component for each in outcome.mutations] == ["software"]


async def test_a_repair_of_what_nobody_planned_may_add_a_file(tmp_path: Path, settings: Settings) -> None:
    body = RIGHT.partition("\n\n\n")[2].replace('int((rest + "00")[:2])', "two(rest)")
    split = f"from two import two\n\n\n{body}"
    two = "def two(rest: str) -> int:\n    return int((rest + '00')[:2])\n"
    play = Play(
        parts=(Part("coder", ("## Component: software",), [write("money.py", WRONG), DONE]),),
        fixer=(write("two.py", two), write("money.py", split), write("tests/test_money.py", "# gone\n"), DONE),
    )
    outcome = await run(REQUEST, lineup=played(play, tmp_path, roles={"architect": False}), settings=settings)
    assert outcome.status == "delivered", outcome.reason
    assert outcome.files == ("money.py", "tests/test_money.py", "two.py")
    assert ("fix/1", "fixer") in who(outcome)


async def test_without_a_fixer_who_wrote_it_is_asked_again(tmp_path: Path, settings: Settings) -> None:
    again = Part("coder", ("## Component: money", "It was written before"), [CODE, DONE])
    play = Play(coder=[write("money.py", WRONG), DONE], parts=(again,))
    outcome = await run(REQUEST, lineup=played(play, tmp_path, roles={"fixer": False}), settings=settings)
    assert outcome.status == "delivered", outcome.reason
    assert [step for step, role in who(outcome) if role == "coder"] == ["code/money", "code/money/2"]


async def test_who_repeats_a_fault_is_not_asked_for_ever(tmp_path: Path, settings: Settings) -> None:
    play = Play(coder=[write("money.py", WRONG), DONE])
    outcome = await run(REQUEST, lineup=played(play, tmp_path, roles={"fixer": False}), settings=settings)
    assert outcome.status == "gave_up", outcome.reason
    steps = [step for step, role in who(outcome) if role == "coder"]
    assert steps == ["code/money", *(f"code/money/{number}" for number in range(2, 5))]


TALK = [
    say(json.dumps(BRIEF)), say(json.dumps(PLAN)), TEST, write("money.py", WRONG), say("Written."),
    write("money.py", RIGHT), say("Repaired."),
]  # fmt: skip
ALONE = Play(parts=(Part("coder", ("## Task: brief",), TALK),))
FULL = {"route": "solo", "history": "full"}


async def said(settings: Settings, run_id: str) -> list[list[dict[str, Any]]]:
    """The messages of each request that was made of a model, in order."""
    async with open_state(settings) as redis:
        entries = await Journal(redis, Fence(run_id, 0)).entries()
    return [json.loads(entry.request)["messages"] for entry in entries if entry.kind == "model"]


async def test_one_agent_has_one_conversation_over_all_stages(tmp_path: Path, settings: Settings) -> None:
    """What the checks find comes as a message into the conversation in which the brief was made."""
    outcome = await run(REQUEST, lineup=played(ALONE, tmp_path, **FULL), settings=settings)
    assert outcome.status == "delivered", outcome.reason
    assert who(outcome) == [
        ("interpret", "coder"), ("design", "coder"), ("solo", "coder"), ("fix/1", "coder"), ("deliver", None),
    ]  # fmt: skip
    requests = await said(settings, outcome.run)
    assert len(requests) == outcome.usage.calls == len(TALK)
    assert all(after[: len(before)] == before for before, after in pairwise(requests))
    tasks = ["## Task: brief", "## Task: plan", "## Task: solo", "## Findings"]
    assert [task for message in requests[-1] for task in tasks if str(message.get("content")).startswith(task)] == tasks


async def test_a_conversation_goes_on_where_it_was_parked(tmp_path: Path, settings: Settings) -> None:
    """At every call: what was said is with the project, and no answered call is made again."""
    lineup = played(ALONE, tmp_path, **FULL)
    outcome = await run(REQUEST, lineup=lineup, settings=settings, max_steps=1)
    for steps in range(2, len(TALK) + 1):
        assert outcome.status == "over_budget", outcome.reason
        outcome = await resume(outcome.run, settings=settings, max_steps=steps)
    assert (outcome.status, outcome.usage.calls, outcome.asked_twice) == ("delivered", len(TALK), 0), outcome.reason
    with pytest.raises(UsageError, match="a fork goes on with that"):
        await fork(outcome.run, at="design", lineup=played(Play(), tmp_path), settings=settings)
    other = await fork(outcome.run, at="solo", settings=settings)
    assert (other.status, other.usage.calls) == ("delivered", 2), other.reason


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Started]]:
    started: list[Started] = []

    def build(*words: str) -> Started:
        started.append(Started(("build", REQUEST, *words), environment))
        return started[-1]

    yield build
    for process in started:
        process.close()


def test_a_conversation_survives_a_kill(
    start_endpoint: StartEndpoint, start: Callable[..., Started], environment: dict[str, str], tmp_path: Path
) -> None:
    """In the middle of a repair: the message list is no part of the process."""
    endpoint = start_endpoint(script=holding(ALONE.script(tmp_path), Held("coder", 6, "## Task: brief")))
    file = tmp_path / "full.yaml"
    file.write_text(json.dumps({"extends": endpoint.lineup(), **FULL}))
    process = start("--lineup", str(file), "--json")
    while not endpoint.faults():
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)
    process.kill()
    process.communicate()
    done = command("resume", "--last", "--json", environment=environment)
    result = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, result["status"], result["asked_twice"]) == (0, "delivered", 1), result
    assert sorted(endpoint.asked().values()) == [1] * 6 + [2]


async def test_a_role_with_fewer_tools_is_told_of_these_alone(tmp_path: Path, settings: Settings) -> None:
    lineup = played(Play(), tmp_path, roles={"coder": {"tools": ["write_file", "run"]}})
    outcome = await run(REQUEST, lineup=lineup, settings=settings)
    assert outcome.status == "delivered", outcome.reason
    async with open_state(settings) as redis:
        entries = await Journal(redis, Fence(outcome.run, 0)).entries()
        assert await ProjectStore(redis).head(outcome.project) == outcome.version
    asked = [json.loads(entry.request) for entry in entries if entry.kind == "model" and entry.step == "code/money"]
    assert [tool["function"]["name"] for tool in asked[0]["tools"]] == ["write_file", "run"]

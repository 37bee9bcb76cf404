"""Experiments decide which line-up is used: each cell counts once, whatever happens to the process that does it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from slipway.config import Settings
from slipway.experiments import Report, experiment_report, resume_experiment, run_experiment
from slipway.state import ProjectStore, RunStore, open_state
from slipway.state.keys import ProjectKeys, RunKeys

from ..commands import Started, run
from ..experiments.suites import SHOWN, write_spec, write_suite, write_task
from ..ports import kept_port
from .conftest import Endpoint, StartEndpoint
from .playing import BRIEF, WHOLE, WRONG, Held, Part, Play, holding, say, write

Experiment = Callable[..., Started]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """One task."""
    folder = tmp_path / "suite"
    return write_suite(folder, write_task(folder, "money"))


@pytest.fixture
def experiment(environment: dict[str, str]) -> Iterator[Experiment]:
    """Starts commands of experiments, and ends what is left of them with the test."""
    started: list[Started] = []

    def start(*words: str) -> Started:
        started.append(Started(("experiment", *words), environment))
        return started[-1]

    yield start
    for process in started:
        process.close()


def _lineup(play: Play, folder: Path) -> dict[str, Any]:
    return play.lineup(folder).model_dump(mode="json", exclude={"name"})


async def _lasting(settings: Settings, report: Report) -> dict[str, list[int]]:
    """How long the records of each run last, and its branch; -1 is for ever."""
    async with open_state(settings) as redis:
        runs = [await RunStore(redis).get(step.run) for result in report.results for step in result.steps]
        keys = [(each, RunKeys(each.id), ProjectKeys(each.project).branch(each.id)) for each in runs]
        for each, _, _ in keys:  # what a collection would do
            await ProjectStore(redis).sweep(each.project, grace=0)
            await ProjectStore(redis).sweep(each.project, grace=0)
        return {
            each.labels["lineup"]: [await redis.ttl(own.record), await redis.ttl(own.journal), await redis.ttl(b.meta)]
            for each, own, b in keys
        }


async def test_cells_are_runs_with_a_hidden_check_and_stop_at_the_budget(
    suite: Path, tmp_path: Path, settings: Settings
) -> None:
    """The first cell costs more than the budget: the second one waits until that is raised, and the first one stays."""
    good, bad = Play(), Play().but(coder=(write("money.py", WRONG), say("Done.")))
    spec = write_spec(tmp_path, {"good": _lineup(good, tmp_path), "bad": _lineup(bad, tmp_path)}, budget_usd=0.0001)
    report = await run_experiment(spec, settings=settings)
    assert (report.status, [result.cell.lineup for result in report.results]) == ("over_budget", ["good"])
    assert report.spent_usd == report.results[0].spent_usd > 0.0001
    first = report.results[0]

    again = await run_experiment(spec, settings=settings)
    assert (again.status, again.results) == ("over_budget", (first,))

    report = await resume_experiment("tiny", budget_usd=1, settings=settings)
    assert (report.status, report.missing, report.under_way, report.holder) == ("done", 0, {}, None)
    assert report.results[0] == first
    assert [(r.succeeded, r.accepted, r.steps[0].status, r.steps[0].said[-14:]) for r in report.results] == [
        (True, True, "delivered", "fine"),
        (False, False, "gave_up", "AssertionError"),
    ]
    assert [sorted(result.by_role) for result in report.results] == [
        ["architect", "coder", "tester"],
        ["architect", "coder", "fixer", "tester"],
    ]
    for result in report.results:
        assert sum(usage.calls for usage in result.by_role.values()) == result.usage.calls
        assert sum(usage.calls for usage in result.by_stage.values()) == result.usage.calls
        assert result.usage.cost_usd == pytest.approx(result.spent_usd, abs=1e-4)
    assert await _lasting(settings, report) == {"good": [-1] * 3, "bad": [-1] * 3}
    async with open_state(settings) as redis:
        record = await RunStore(redis).get(first.steps[0].run)
        files = [await ProjectStore(redis).files(record.project, str(r.steps[0].version)) for r in report.results[:1]]
    assert {"money.py", "tests/test_money.py"} <= set(files[0])
    assert record.labels == {
        "experiment": "tiny",
        "lineup": "good",
        "lineup_digest": first.cell.lineup_digest,
        "task": "money",
        "seed": "0",
        "repeat": "1",
    }


def _until(condition: Callable[[], bool], process: Started) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline, process.poll()
        time.sleep(0.01)


def _holds(endpoint: Endpoint, times: int) -> Callable[[], bool]:
    return lambda: (
        sum(e["event"] == "asked" and (e["role"], e["turn"]) == ("fixer", 1) for e in endpoint.entries()) == times
    )


def test_a_killed_experiment_repeats_no_finished_cell_and_no_answered_call(
    suite: Path, tmp_path: Path, start_endpoint: StartEndpoint, experiment: Experiment, environment: dict[str, str]
) -> None:
    """It is interrupted in the middle of its second cell, then killed there; the third process ends it."""
    script = WHOLE.script(tmp_path)
    free = start_endpoint(script=script)
    held = start_endpoint(script=holding(WHOLE.script(tmp_path), Held("fixer", 1, "## Findings", times=2)))
    spec = write_spec(tmp_path, {"free": free.lineup(), "held": held.lineup()})

    process = experiment("run", str(spec))
    _until(_holds(held, 1), process)
    done = free.asked()
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.splitlines()[-2:]) == (
        130,
        ["parked; go on with: slipway experiment resume tiny", "slipway: interrupted"],
    )

    process = experiment("resume", "tiny")
    _until(_holds(held, 2), process)
    process.kill()
    process.wait(60)
    stands = run("experiment", "status", "tiny", "--json", environment=environment)
    told = json.loads(stands.stdout)
    assert {name: told[name] for name in ("status", "holder", "done", "missing")} == {
        "status": "running", "holder": None, "done": 1, "missing": 1,
    }  # fmt: skip

    assert list(told["under_way"]) == ["held money seed 0"]

    out, err = experiment("run", str(spec), "--json").communicate(timeout=120)
    cells = [json.loads(line) for line in out.splitlines()]
    assert [(told["kind"], told.get("succeeded")) for told in cells] == [("cell", True), ("experiment", 2)], err
    assert free.asked() == done
    assert sorted(held.asked().values())[-2:] == [1, 3]  # the one that was in flight, and no other
    assert set(held.answered().values()) == {1}
    assert cells[0]["steps"][0]["asked_twice"] == 2


SECOND = "(T-0000aa) Second: add shown(cents), which prints cents with two decimals: shown(1250) is '12.50'."
SECOND_BRIEF: dict[str, Any] = {
    "title": "shown", "goal": "Print cents.",
    "requirements": [{"id": "R1", "text": "Cents are printed."}],
    "criteria": [{"id": "C1", "text": "1250 cents are 12.50.", "requirement": "R1"}],
}  # fmt: skip
SECOND_PLAN: dict[str, Any] = {
    "summary": "One more function.",
    "components": [
        {"id": "shown", "purpose": "Print cents.", "files": ["money.py"], "interface": "shown(cents: int) -> str"}
    ],
    "tests": ["tests/test_shown.py"],
}
SECOND_TESTS = """from money import shown


def test_c1_two_decimals():
    assert shown(1250) == "12.50"
    assert shown(5) == "0.05"
"""


async def test_a_sequence_is_one_project_and_ends_where_a_request_is_not_delivered(
    tmp_path: Path, settings: Settings
) -> None:
    folder = tmp_path / "suite"
    checks = (
        "from money import cents\nassert cents('3.5') == 350\n",
        "from money import shown\nassert shown(7) == '0.07'\n",
    )
    steps = {1: ("(T-0000aa) First: cents('12.50') is 1250.", checks[0]), 2: (SECOND, checks[1])}
    start = {"README.md": "# Money\n"}
    write_suite(folder, write_task(folder, "steps", family="sequence", start=start, steps=steps))
    second = (
        Part("architect", ("## Task: brief", "Second:"), [say(json.dumps(SECOND_BRIEF))]),
        Part("architect", ("## Task: plan", "Print cents."), [say(json.dumps(SECOND_PLAN))]),
        Part(
            "tester",
            ("## Task: tests", "1250 cents are 12.50."),
            (write("tests/test_shown.py", SECOND_TESTS), say("Ok.")),
        ),
        Part("coder", ("## Component: shown", "Print cents."), (write("money.py", SHOWN), say("Done."))),
    )
    lost = Play().but(coder=(write("money.py", WRONG), say("Done.")), parts=second)
    lineups = {"both": _lineup(Play(parts=second), tmp_path), "none": _lineup(lost, tmp_path)}
    report = await run_experiment(write_spec(tmp_path, lineups, parallel=2), settings=settings)
    both, none = report.results
    assert [(s.status, s.accepted, s.said) for s in both.steps] == [("delivered", True, "")] * 2, both
    assert both.succeeded and both.requests == 2
    assert [s.status for s in none.steps] == ["gave_up"] and none.succeeded is False
    async with open_state(settings) as redis:
        records = [await RunStore(redis).get(step.run) for step in both.steps]
        files = await ProjectStore(redis).files(records[0].project, str(both.steps[1].version))
    assert records[1].base == both.steps[0].version and len({record.project for record in records}) == 1
    assert files["README.md"][0] == b"# Money\n"


async def test_who_asks_is_answered_what_is_known_and_nothing_else(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "suite"
    said = [{"about": ["separator"], "text": "A point."}, {"about": ["currency"], "text": "Euro."}]
    write_suite(folder, write_task(folder, "vague", family="ambiguous", answers=said))
    asked = [
        {"id": "Q1", "text": "Which separators are there?", "matters": True, "default": "A comma."},
        {"id": "Q2", "text": "How fast must it be?", "matters": True},
        {"id": "Q3", "text": "Which currency?", "default": "None."},
    ]
    lineup = _lineup(Play(brief={**BRIEF, "questions": asked}), tmp_path)
    report = await run_experiment(write_spec(tmp_path, {"asks": lineup}), settings=settings)
    step = report.results[0].steps[0]
    assert step.questions == ("Which separators are there?", "How fast must it be?")
    async with open_state(settings) as redis:
        outcome = await RunStore(redis).outcome(step.run)
    assert (
        outcome
        and outcome.brief
        and outcome.brief.assumptions
        == (
            "Which separators are there? Answered: A point.",
            "How fast must it be? Answered: I have no preference.",
            "Which currency? Assumed: None.",
        )
    )
    assert report.results[0].succeeded


async def test_what_cannot_be_done_is_a_result_and_is_tried_again(
    suite: Path, tmp_path: Path, settings: Settings
) -> None:
    """A model that cannot be reached says nothing of a line-up; the other cells are done all the same."""
    with kept_port() as port:  # nobody listens there
        await _down(tmp_path, settings, port)


async def _down(tmp_path: Path, settings: Settings, port: int) -> None:
    down = {
        "model": "openai:down",
        "base_url": f"http://127.0.0.1:{port}/v1",
        "price": {"input": 1, "cached": 1, "output": 1},
    }
    lineups = {"down": {"default": down}, "good": _lineup(Play(), tmp_path)}
    spec = write_spec(tmp_path, lineups, settings={"retries.attempts": 1})
    report = await run_experiment(spec, settings=settings)
    first, second = report.results
    assert (report.status, report.errors, second.succeeded) == ("done", 1, True)
    assert first.succeeded is None and "cannot be reached" in first.error and first.steps == ()
    async with open_state(settings) as redis:
        runs = [record.id for record in await RunStore(redis).newest() if record.labels["lineup"] == "down"]
    again = await run_experiment(spec, settings=settings)
    assert again.errors == 1 and again.results[0].finished > first.finished and again.results[1] == second
    async with open_state(settings) as redis:
        assert [r.id for r in await RunStore(redis).newest() if r.labels["lineup"] == "down"] == runs
    assert (await experiment_report("tiny", settings=settings)).results == again.results

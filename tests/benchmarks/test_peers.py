"""The comparison is worth what its counter, its judge and its bounds are worth: these are looked at here.

The peers themselves are not installed for tests; deepagents is here anyway, in another version, and is driven whole.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from peering import installing
from peering.base import DEEP, MINI, PEERS, SLIPWAY, Call, Cell, Leg
from peering.driving import Bounds, Peer
from peering.paths import critical_path
from peering.report import compared, goals, lost, rows
from peering.running import Plan, run
from peering.watching import Watched, is_red, is_repeated

from slipway.config import Settings
from slipway.config.task import Acceptance, Play, Step, Suite, Task
from slipway.models.endpoints import Asked, Message, PastCall, Said, ToolCall
from slipway.models.simulated.player import SimulatedDeveloper

# --- what the counter sees -------------------------------------------------------------------------------------------


def tool(text: str) -> Message:
    return Message("tool", text, tool_call_id="c")


def reply(*arguments: str) -> Message:
    return Message("assistant", "", tuple(PastCall("c", "run", each) for each in arguments))


@pytest.mark.parametrize(
    ("text", "red"),
    [
        ('{"returncode": 1, "output": "F  [100%]\\n1 failed in 0.5s\\n"}', True),
        ("2 errors in 0.1 s", True),
        ("tests: failed, 3 of 4 tests passed in 0.50 s", True),
        ("[tests] tests/test_a.py::test_c1_x AssertionError", True),
        ("10 failed", True),
        ("0 failed, 3 passed", False),
        ("3 passed in 0.1s", False),
        ("[stderr] warning: it is deprecated", False),
        ("raise ValueError('no failed payments')", False),
    ],
)
def test_a_report_is_red_in_the_words_of_every_system(text: str, red: bool) -> None:
    assert is_red([Message("system", "1 failed"), Message("user", "do it"), reply("a"), tool(text)]) is red


def test_only_a_new_report_counts() -> None:
    """Conversations repeat all that was said, so an old failure would count in every call."""
    messages = [Message("user", "do it"), reply("a"), tool("1 failed"), reply("b"), tool("1 passed")]
    assert [is_red(messages[:length]) for length in (1, 3, 5)] == [False, True, False]


def test_a_step_is_wasted_that_was_done_before_with_the_same_result() -> None:
    """The time that pytest took is no other result; another file is."""
    begun = [Message("user", "do it"), reply("test"), tool("1 failed in 0.50s")]
    assert not is_repeated(begun)
    assert is_repeated([*begun, reply("test"), tool("1 failed in 0.61s")])
    assert not is_repeated([*begun, reply("test"), tool("2 failed in 0.61s")])
    assert not is_repeated([*begun, reply("other"), tool("1 failed in 0.50s")])
    assert not is_repeated([*begun, Message("assistant", "done"), Message("user", "go on")])


class Parrot:
    """Says one thing."""

    def reply(self, asked: Asked) -> Said:
        notes = {"simulated_seconds": 2.5, "misses": [["source", "b1"], "error"], "role": "coder"}
        return Said("four letters", (ToolCall(name="run", arguments={}),), notes=notes, wait=0.5)


def test_calls_are_counted_by_the_endpoint_alone() -> None:
    ticks = iter([10.0, 11.0, 12.0, 13.0])
    watched = Watched(Parrot(), clock=lambda: next(ticks))
    asked = Asked("m", "digest", False, False, (Message("user", "x"),), (), "auto", None, 40, 15)
    first = Call(10.0, 11.5, 40, 15, 5, 2.5, "coder", ("source", "error"), False, False)
    assert watched.reply(asked).content == "four letters"
    assert watched.taken() == (first,)
    watched.reply(asked)
    assert watched.taken() == (dataclasses.replace(first, arrived=12.0, left=13.5, wasted=True),), "asked twice"
    assert watched.taken() == ()


def call(arrived: float, left: float, seconds: float = 1.0, prompt: int = 100) -> Call:
    return Call(arrived, left, prompt, prompt // 2, 10, seconds, "", (), False, False)


@pytest.mark.parametrize(
    ("calls", "seconds"),
    [
        ([], 0),
        ([call(0, 1), call(2, 3)], 2),
        ([call(0, 2, 5), call(1, 3, 4)], 5),
        ([call(0, 2, 5), call(1, 3, 4), call(4, 5, 1)], 6),
        ([call(4, 5, 1), call(1, 3, 4), call(0, 0.5, 5)], 10),
    ],
)
def test_a_call_waits_for_those_that_were_answered_before_it(calls: Sequence[Call], seconds: float) -> None:
    assert critical_path(calls) == seconds


# --- what is made of it ----------------------------------------------------------------------------------------------


def cell(system: str, task: str, accepted: bool, prompt: int, *, stopped: str = "done", held: bool = False) -> Cell:
    leg = Leg(stopped, "", accepted, not held, (call(0, 1, 2.0, prompt), call(2, 3, 2.0, prompt)))
    return Cell(system, task, "new", 0, "seen" if task == "t1" else "unseen", (leg,), 1.0)


CELLS = [
    cell(SLIPWAY, "t1", True, 50),
    cell(MINI, "t1", True, 100),
    cell(SLIPWAY, "t2", True, 50, held=True, stopped="gave_up"),
    cell(MINI, "t2", True, 100, stopped="bound"),
]


def test_what_is_held_back_is_no_success() -> None:
    """Files that are right help nobody who does not get them; the table says how they were stopped."""
    found = {(each.group, each.system): each for each in rows(CELLS)}
    assert [*dict.fromkeys(group for group, _ in found)] == ["all", "seen", "unseen", "new"]
    ours = found["all", SLIPWAY]
    assert (ours.success.value, ours.calls, ours.tokens_in, ours.cached, ours.tokens_out) == (0.5, 2, 100, 50, 20)
    assert (ours.path, ours.stopped) == (4.0, {"done": 1, "gave_up": 1})
    assert found["all", MINI].success.value == 1
    assert found["unseen", SLIPWAY].shown()[2] == "0 % (0 % to 79 %)"
    assert found["unseen", SLIPWAY].shown()[7:11] == ("-", "-", "-", "-")


def test_money_is_per_success_and_failures_are_paid_for() -> None:
    """Of 100 tokens in 50 are fresh: four calls of both cells for one success."""
    found = {each.system: each for each in rows(CELLS) if each.group == "all"}
    assert found[SLIPWAY].costs[0].value == pytest.approx(4 * (25 * 0.25 + 25 * 0.025 + 10 * 2.0) / 1e6)


def test_every_number_that_slipway_loses_is_named() -> None:
    assert [line for line in lost(rows(CELLS)) if line.startswith("all")] == [
        f"all: share of failures: 0.5, and {MINI} 0",
        *(f"all: USD a success, {name}: {value}" for name, value in [
            ("small", f"0.0001075, and {MINI} 6.75e-05"),
            ("middle", f"0.0005375, and {MINI} 0.0003375"),
            ("large", f"0.00155, and {MINI} 0.00105"),
        ]),
    ]  # fmt: skip


def test_goals_are_about_systems_that_ran() -> None:
    told = {goal.name: (goal.value, goal.held) for goal in goals(CELLS, 2)}
    expected = {"no-outcome": (0, True), "past-bound": (0, True), "input-tokens": (0.5, True)}
    assert told == expected | {f"success-{MINI}": (0.5, False)}
    assert {goal.name: goal.held for goal in goals(CELLS, 1)}["past-bound"] is False
    lonely = [each for each in CELLS if each.system == SLIPWAY]
    assert [goal.name for goal in goals(lonely, 2)] == ["no-outcome", "past-bound"]
    assert compared(lonely) == []
    broken = [cell(SLIPWAY, "t1", True, 50, stopped="timeout")]
    assert {goal.name: goal.held for goal in goals(broken, 2)}["no-outcome"] is False


@pytest.mark.parametrize("peer", PEERS)
def test_all_of_a_peer_is_pinned(peer: str) -> None:
    """It is installed without its dependencies' own choice, so what is not on the list would be missing."""
    lines = Path(installing.__file__).with_name(f"{peer}.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert f"{peer}=={installing.version(peer)}" in lines


# --- how a peer is driven --------------------------------------------------------------------------------------------


class Programs:
    """Environments in which every program is one script."""

    def __init__(self, folder: Path, script: str) -> None:
        self.folder = folder
        self._script = script

    def peer(self, name: str) -> Path:
        return self._program("peer", self._script)

    def tools(self, pack: str) -> Path:
        return self._program("tools", f'exec {sys.executable} "$@"').parent

    def _program(self, name: str, script: str) -> Path:
        path = self.folder / name / "python"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path


def running(mark: str) -> list[str]:
    """The processes whose command line has `mark`."""
    found: list[str] = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in found if mark in line]


async def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    mark = f"9{os.getpid()}.25"
    script = f"setsid sleep {mark} & touch started; exec sleep {mark}"
    peer = Peer(MINI, Programs(tmp_path / "env", script), folder := tmp_path / "work", Bounds(3, 2.0))
    folder.mkdir()
    async with peer.at_work(task(), "http://127.0.0.1:9/v1", "tier-a") as desk:
        left = await desk.ask("do it")
    assert (left.stopped, left.said, left.files) == ("timeout", "it took more than 2 s", {})
    assert (folder / "started").exists()
    for _ in range(50):  # the kernel ends them after it was told to
        if not running(mark):
            break
        await asyncio.sleep(0.1)
    assert running(mark) == []


async def test_a_process_that_dies_is_an_outcome_and_the_next_request_gets_a_new_one(tmp_path: Path) -> None:
    script = (
        'touch /etc/mine; read job; mkdir -p project/.git; echo 1 > project/.git/x; echo "$job" > project/job; exit 3'
    )
    peer = Peer(MINI, Programs(tmp_path / "env", script), folder := tmp_path / "work", Bounds(3, 30.0))
    folder.mkdir()
    async with peer.at_work(task(), "http://127.0.0.1:9/v1", "tier-a") as desk:
        lefts = [await desk.ask(text) for text in ("first", "second")]
    assert [(left.stopped, "Read-only file system" in left.said) for left in lefts] == [("died", True)] * 2
    for left, request in zip(lefts, ("first", "second"), strict=True):
        assert left.files is not None
        assert sorted(left.files) == ["job"], "what tools keep is not the project's"
        job = json.loads(left.files["job"])
        assert (job["request"], job["calls"], job["folder"]) == (request, 3, str(folder / "project"))


# --- all of it -------------------------------------------------------------------------------------------------------

REQUEST = """(T-0000aa) Build the package `sums`.

`add(a, b)` in `sums/adding.py` returns the sum of `a` and `b`.
"""
ADDING = b'''"""Sums."""


def add(a: int, b: int) -> int:
    """The sum of both."""
    total = a + b
    return total
'''
TESTS = b'''"""The sum."""

from sums.adding import add


def test_c1_sum() -> None:
    assert add(1, 2) == 3
    assert add(-1, 1) == 0
'''
BRIEF = {
    "title": "sums",
    "goal": "(T-0000aa) A package that adds.",
    "requirements": [{"id": "R1", "text": "`add(a, b)` in `sums/adding.py` returns the sum of `a` and `b`."}],
    "criteria": [{"id": "C1", "text": "add(1, 2) is 3.", "requirement": "R1"}],
}
PLAN = {
    "summary": "(T-0000aa) One module.",
    "components": [{
        "id": "adding", "purpose": "adds", "files": ["sums/__init__.py", "sums/adding.py"],
        "interface": "def add(a: int, b: int) -> int: the sum",
    }],
    "tests": ["tests/test_sums.py"],
    "route": "solo",
}  # fmt: skip


def task(start: Mapping[str, bytes] | None = None) -> Task:
    reference = {"sums/__init__.py": b'"""Sums."""\n', "sums/adding.py": ADDING, "tests/test_sums.py": TESTS}
    hidden = {"acceptance.py": b"from sums.adding import add\n\nassert add(20, 22) == 42\n"}
    step = Step(request=REQUEST, reference=reference, acceptance=hidden, play=Play(brief=BRIEF, plan=PLAN))
    return Task(
        id="sums", family="new", summary="It adds.", opaque="T-0000aa", licence="Apache-2.0", start=start or {},
        acceptance=Acceptance(timeout=30), steps=(step,), digest="sums",
    )  # fmt: skip


async def test_systems_are_run_on_the_same_task_with_the_same_developer(settings: Settings, tmp_path: Path) -> None:
    """A peer and Slipway, from the request to the hidden check; both say that they are done, and both are right."""
    one = task()
    suite = Suite(name="small", summary="One task.", tasks=(one,), digest="small")
    plan = Plan(
        tasks=[one], seeds=[0], systems=[SLIPWAY, DEEP], tier="tier-a", options={"bugs": "0"}, halves={"sums": "seen"},
        bounds=Bounds(30, 100.0), at_once=1, environments=Programs(tmp_path / "env", f'exec {sys.executable} "$@"'),
    )  # fmt: skip
    told: list[Cell] = []
    cells = await run(plan, SimulatedDeveloper(lambda _: suite), settings, tmp_path / "work", told.append)
    assert cells == told
    found = [(each.system, each.task, each.half, each.legs[0].stopped, each.succeeded) for each in cells]
    assert found == [(name, "sums", "seen", "done", True) for name in (SLIPWAY, DEEP)], [each.legs for each in cells]
    assert {each.role for each in cells[0].calls} == {"plan", "code", "test"}, "Slipway's parts are played apart"
    assert all(0 < len(each.calls) <= 30 and not any(call.missing for call in each.calls) for each in cells)

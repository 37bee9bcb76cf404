"""What agents are shown of a project: what is old is said to be old, and a repair begins where it failed."""

from __future__ import annotations

import json
import re
from pathlib import Path

from slipway import Outcome, run
from slipway.config import Settings
from slipway.graphs.importing import import_project
from slipway.state import Fence, Journal, open_state
from slipway.state.text import quoted

from .playing import PLAN, REQUEST, RIGHT, WRONG, Play, call, say, write

OLD = {
    "old.py": "def twice(n):\n    return n * 3\n",
    "tests/test_old.py": "from old import twice\n\n\ndef test_twice():\n    assert twice(2) == 4\n",
}
CHANGE = {**PLAN, "components": [{**PLAN["components"][0], "files": ["money.py", "old.py"]}]}
LEAVE = "(it was there before this run: leave it, unless your task is about it)"


async def played(play: Play, settings: Settings, folder: Path) -> tuple[Outcome, list[str], list[str]]:
    """The run of `play` on the project with the old failure; what models asked, and what `run_checks` told them."""
    app = folder / "app"
    for name, text in OLD.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text)
    async with open_state(settings) as redis:
        project = (await import_project(redis, app, project=None, settings=settings)).project
    outcome = await run(REQUEST, lineup=play.lineup(folder), settings=settings, project=project)
    async with open_state(settings) as redis:
        entries = await Journal(redis, Fence(outcome.run, 0)).entries()
    told = [
        json.loads(e.reply)["text"] for e in entries if e.kind == "tool" and json.loads(e.request)[0] == "run_checks"
    ]
    return outcome, [entry.request for entry in entries if entry.kind == "model"], told


async def test_an_old_failure_is_told_as_one_and_last(settings: Settings, tmp_path: Path) -> None:
    """Nobody spends calls on it, not even where it fails in another way now; what is new is told in full."""
    other = write("old.py", "def twice(n):\n    return n * 5\n")
    checks = call("run_checks")
    play = Play(
        plan=CHANGE, coder=(write("money.py", WRONG), other, checks, say("Done.")),
        fixer=(checks, write("money.py", RIGHT), say("The cause was the missing zero.")),
    )  # fmt: skip
    outcome, _, told = await played(play, settings, tmp_path)
    assert outcome.status == "delivered", outcome.reason
    by_coder, by_fixer = ([re.sub(r"[\d.]+ s$", "_ s", line) for line in text.splitlines()] for text in told)
    old = f"[tests] tests/test_old.py::test_twice tests/test_old.py:4 assert 10 == 4 {LEAVE}"
    assert by_coder == [
        "syntax: passed in _ s", "lint: passed in _ s", "placeholders: passed in _ s",
        "tests: failed, 0 of 1 tests passed in _ s", old,
    ]  # fmt: skip
    assert by_fixer[:5] == [
        *by_coder[:3],
        "tests: failed, 1 of 3 tests passed in _ s",
        "[tests] tests/test_money.py::test_c2_fewer_decimals tests/test_money.py:8 AssertionError: assert 1205 == 1250",
    ]
    assert by_fixer[-1] == old and not any(LEAVE in line for line in by_fixer[:-1])


async def test_a_repair_is_shown_what_the_failing_tests_executed(settings: Settings, tmp_path: Path) -> None:
    play = Play(
        plan=CHANGE, coder=(write("money.py", WRONG), say("Done.")),
        fixer=(write("money.py", RIGHT), say("The cause was the missing zero.")),
    )  # fmt: skip
    outcome, asked, _ = await played(play, settings, tmp_path)
    assert outcome.status == "delivered", outcome.reason
    [first, *_] = [json.loads(request)["messages"][1]["content"] for request in asked if "# Role: fixer" in request]
    executed = first.partition("## Executed by the failing tests\n")[2]
    assert executed.partition("\n\n")[2] == quoted(
        "checks", "tests/test_money.py::test_c2_fewer_decimals: money.py:5-6"
    )

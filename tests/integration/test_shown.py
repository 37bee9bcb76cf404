"""What agents are shown of a project: what is old is said to be old, and a repair begins where it failed."""

from __future__ import annotations

import json
from pathlib import Path

from slipway import Outcome, run
from slipway.config import Settings
from slipway.graphs.importing import import_project
from slipway.state import Fence, Journal, open_state
from slipway.state.records import JournalEntry
from slipway.state.text import quoted

from .playing import PLAN, REQUEST, RIGHT, TESTS, WRONG, Play, call, say, write

OLD = {
    "old.py": "def twice(n):\n    return n * 3\n",
    "tests/test_old.py": "from old import twice\n\n\ndef test_twice():\n    assert twice(2) == 4\n",
}
CHANGE = {**PLAN, "components": [{**PLAN["components"][0], "files": ["money.py", "old.py"]}]}
LEAVE = "(it was there before this run: leave it, unless your task is about it)"


HELD_OUT = "from money import cents\n\n\ndef test_c2_other_values():\n    assert cents('7.3') == 730\n"


async def played(play: Play, settings: Settings, folder: Path) -> tuple[Outcome, list[JournalEntry]]:
    """The run of `play` on the project with the old failure, and its journal."""
    app = folder / "app"
    for name, text in OLD.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text)
    async with open_state(settings) as redis:
        project = (await import_project(redis, app, project=None, settings=settings)).project
    outcome = await run(REQUEST, lineup=play.lineup(folder), settings=settings, project=project)
    assert outcome.status == "delivered", outcome.reason
    async with open_state(settings) as redis:
        return outcome, await Journal(redis, Fence(outcome.run, 0)).entries()


async def test_an_old_failure_is_told_as_one_and_last(settings: Settings, tmp_path: Path) -> None:
    """Nobody spends calls on it, not even where it fails in another way now; what its task told in full is named."""
    checks = call("run_checks")
    play = Play(
        plan=CHANGE,
        coder=(write("old.py", "def twice(n):\n    return n * 5\n"), write("money.py", WRONG), say("Done.")),
        fixer=(checks, write("money.py", RIGHT), say("The cause was the missing zero.")),
    )
    _, entries = await played(play, settings, tmp_path)
    calls = [entry for entry in entries if entry.kind == "tool" and json.loads(entry.request)[0] == "run_checks"]
    told = [json.loads(entry.reply)["text"].splitlines() for entry in calls if entry.step != "write_tests"]
    old = f"[tests] tests/test_old.py::test_twice tests/test_old.py:4 assert 10 == 4 {LEAVE}"
    new = "[tests] tests/test_money.py::test_c2_fewer_decimals line 8 AssertionError: assert 1205 == 1250"
    passed = "syntax, lint, placeholders, imports: passed"
    assert told[0] == ["Nothing is left to be repaired.", passed, "tests: failed, 0 of 1 tests passed", old]
    assert told[1] == [passed, "tests: failed, 1 of 3 tests passed", new, old]


async def test_a_repair_is_shown_what_the_failing_tests_executed(settings: Settings, tmp_path: Path) -> None:
    """But of held-out tests nothing. It is on record, so that a repair that is resumed asks the same."""
    tests = [write("tests/test_money.py", TESTS), write("tests/test_held_out.py", HELD_OUT)]
    play = Play(
        plan={**CHANGE, "tests": ["tests/test_money.py", "tests/test_held_out.py"]}, tester=(*tests, say("Done.")),
        coder=(write("money.py", WRONG), say("Done.")),
        fixer=(write("money.py", RIGHT), say("The cause was the missing zero.")),
    )  # fmt: skip
    _, entries = await played(play, settings, tmp_path)
    test, lines = "tests/test_money.py::test_c2_fewer_decimals", "money.py:5-6"
    fixing = [entry for entry in entries if entry.step == "fix/1"]
    asked = json.loads(fixing[1].request)["messages"][1]["content"].partition("## Executed by the failing tests\n")[2]
    assert asked.rpartition("\n\n")[2] == quoted("checks", f"{test}: {lines}")
    assert (fixing[0].kind, json.loads(fixing[0].request)[:2]) == ("check", ["checks", ["executed", test]])
    assert json.loads(fixing[0].reply) == {test: [lines]}
    assert '"7.3"' not in str(json.loads(fixing[1].request)["messages"])

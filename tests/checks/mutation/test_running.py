"""Tests that notice nothing are worth nothing; what is said of them must be true, since the tester acts on it."""

from __future__ import annotations

from slipway.checks import mutate
from slipway.sandboxes import FileContent, Sandbox
from slipway.state import MutationResult, Survivor

CODE = """\
LIMIT = 3


def grade(points):
    if points < LIMIT:
        raise ValueError("too few")
    return points + 1


def unused(n):
    return n * 2
"""
GOOD = """\
import pytest
from app import grade


def test_c1_grade():
    assert grade(3) == 4


def test_c1_refuses():
    with pytest.raises(ValueError):
        grade(2)
"""
WEAK = "from app import grade\n\n\ndef test_c1_grade():\n    assert grade(9)\n"


async def given(sandbox: Sandbox, **files: str) -> None:
    await sandbox.write({f"{name}.py": FileContent(text.encode()) for name, text in files.items()})


def timeless(result: MutationResult) -> MutationResult:
    assert 0 < result.seconds < 60
    return result.model_copy(update={"seconds": 0.0})


async def test_good_tests_notice_each_fault_that_they_reach(sandbox: Sandbox) -> None:
    await given(sandbox, app=CODE, test_app=GOOD)
    before = await sandbox.snapshot()
    result = timeless(await mutate(sandbox, "app", ["app.py"], ["test_app.py"]))
    assert (result.killed, result.timed_out, result.not_run, result.reason) == (7, 0, 0, "")
    assert [(s.operator, s.function, s.tests) for s in result.survivors] == [
        ("return", "unused", ()), ("arithmetic", "unused", ()), ("constant", "unused", ()), ("constant", "unused", ()),
    ]  # fmt: skip
    assert await sandbox.snapshot() == before


async def test_scenarios_are_left_to_the_browser(sandbox: Sandbox) -> None:
    """A plan names them among its tests; pytest, asked for such a file, would run nothing at all."""
    await given(sandbox, app="def grade(points):\n    return points + 1\n", test_app=WEAK)
    await sandbox.write({"scenarios/grading.yaml": FileContent(b"criterion: C1\n")})
    alone = timeless(await mutate(sandbox, "app", ["app.py"], ["test_app.py"]))
    assert timeless(await mutate(sandbox, "app", ["app.py"], ["scenarios/grading.yaml", "test_app.py"])) == alone
    untested = await mutate(sandbox, "app", ["app.py"], ["scenarios/grading.yaml"])
    assert (untested.score, untested.reason) == (None, "no test passes without faults")


async def test_a_survivor_says_what_the_tests_let_pass(sandbox: Sandbox) -> None:
    """A model that is to write the missing test gets the place, the fault, and the tests that ran with it."""
    await given(sandbox, app="def grade(points):\n    return points + 1\n", test_app=WEAK)
    result = timeless(await mutate(sandbox, "app", ["app.py", "README.md"], ["test_app.py"], parallel=1))
    survivor = Survivor(
        file="app.py", line=2, function="grade", operator="arithmetic", before="+", after="-",
        tests=("test_app.py::test_c1_grade",),
    )  # fmt: skip
    constant = survivor.model_copy(update={"operator": "constant", "before": "1", "after": "2"})
    assert result == MutationResult(component="app", killed=1, survivors=(survivor, constant))
    assert result.score == 1 / 3
    assert str(survivor) == (
        "app.py:2, in grade: with `-` in the place of `+`, no test fails (1 test ran it and passed)"
    )


async def test_a_fault_that_never_ends_is_noticed(sandbox: Sandbox) -> None:
    code = "def count(n):\n    while n > 0:\n        n -= 1\n    return n\n"
    await given(sandbox, app=code, test_app="from app import count\n\n\ndef test_c1():\n    assert count(2) == 0\n")
    result = await mutate(sandbox, "app", ["app.py"], ["test_app.py"])
    assert (result.timed_out, result.not_run) == (1, 0) and result.killed >= 2


async def test_a_program_that_the_tests_start_is_reached(sandbox: Sandbox) -> None:
    """Its lines are not traced; and what is put into its files is on the disk, where it finds it."""
    tests = (
        "import subprocess, sys\n\n\ndef test_c1():\n"
        "    assert subprocess.run([sys.executable, 'app.py'], capture_output=True).stdout == b'3\\n'\n"
    )
    await given(sandbox, app="print(1 + 2)\n", test_app=tests)
    result = await mutate(sandbox, "app", ["app.py"], ["test_app.py"])
    assert (result.killed, result.survivors, result.not_run) == (5, (), 0)


async def test_what_one_fault_leaves_behind_is_gone_for_the_next(sandbox: Sandbox) -> None:
    """Else one that is noticed would have all that follow it noticed, too."""
    code = "import pathlib\n\n\ndef save(n):\n    pathlib.Path('log').write_text(str(n + 1))\n    return 1\n"
    tests = (
        "import pathlib\nfrom app import save\n\n\ndef test_c1():\n"
        "    assert not pathlib.Path('log').exists() and not pathlib.Path('/tmp/log').exists()\n"
        "    pathlib.Path('/tmp/log').touch()\n    pathlib.Path('data').write_text('changed')\n    assert save(1)\n"
        "    assert pathlib.Path('data').stat().st_size == 7\n"
    )
    await given(sandbox, app=code, test_app=tests)
    await sandbox.write({"data": FileContent(b"old")})
    result = await mutate(sandbox, "app", ["app.py"], ["test_app.py"], parallel=1)
    assert {s.operator for s in result.survivors} == {"arithmetic", "constant", "call"} and result.killed == 2


async def test_nothing_is_said_where_nothing_was_run(sandbox: Sandbox) -> None:
    await given(sandbox, app=CODE, test_app="def test_a():\n    assert 0\n", empty="import os\n")
    red = timeless(await mutate(sandbox, "app", ["app.py"], ["test_app.py"], most=4))
    assert red == MutationResult(component="app", not_run=4, reason="no test passes without faults")
    assert red.score is None
    nothing = timeless(await mutate(sandbox, "app", ["empty.py"], ["test_app.py"]))
    assert nothing.reason == "there is nothing in it to put a fault into"


async def test_time_that_is_over_is_over(sandbox: Sandbox) -> None:
    slow = "import time\nfrom app import grade\n\n\ndef test_c1():\n    time.sleep(0.7)\n    assert grade(9) == 10\n"
    await given(sandbox, app=CODE, test_app=slow)
    result = await mutate(sandbox, "app", ["app.py"], ["test_app.py"], seconds=3.0)
    assert result.not_run > 0 and result.seconds < 30
    assert result.killed + result.timed_out + result.not_run + len(result.survivors) == 11


async def test_only_what_is_asked_about_is_tried(sandbox: Sandbox) -> None:
    """Of a change its own lines, whatever else is in the file; of a regression test what it executes, wherever."""
    await given(sandbox, app=CODE, test_app=GOOD)
    line = timeless(await mutate(sandbox, "app", ["app.py"], ["test_app.py"], lines={"app.py": {7}}))
    assert line == MutationResult(component="app", killed=3)
    one = timeless(await mutate(sandbox, "C1", ["app.py"], ["test_app.py::test_c1_grade"], executed=True))
    assert one == MutationResult(component="C1", killed=4)
    nothing = timeless(await mutate(sandbox, "app", ["app.py"], ["test_app.py"], lines={}))
    assert nothing == MutationResult(component="app", reason="there is nothing in it to put a fault into")

"""A session stands alone: it reports what happened in it, and leaves nothing to the next."""

from __future__ import annotations

import pytest

from slipway.checks.sessions import CollectError, Executed, Session, SessionsLost, run_sessions
from slipway.sandboxes import FileContent, Sandbox

CODE = "def f(x):\n    if x:\n        return 1\n    return 2\n"
TESTS = "import a\n\n\ndef test_one():\n    assert a.f(1) == 1\n\n\ndef test_two():\n    assert a.f(0) == 2\n"


async def given(sandbox: Sandbox, **files: str) -> None:
    await sandbox.write({f"{name}.py": FileContent(text.encode()) for name, text in files.items()})


async def test_each_session_reports_its_own_tests(sandbox: Sandbox) -> None:
    """Edits are for one session; a file that is broken in one is whole in the next."""
    await given(sandbox, a=CODE, test_a=TESTS)
    sessions = [
        Session(("test_a.py",), 20.0),
        Session(("test_a.py",), 20.0, edits={"a.py": CODE.replace("return 2", "return 3")}),
        Session(("test_a.py::test_two",), 20.0, edits={"test_a.py": "import nothing\n", "b/c.py": ""}),
        Session(("test_a.py",), 20.0),
    ]
    first, second, third, fourth = await run_sessions(sandbox, sessions, 60.0)
    both = {"test_a.py::test_one", "test_a.py::test_two"}
    assert [ran.whole for ran in (first, second, fourth)] == [True] * 3
    assert [set(ran.passed()) for ran in (first, second, third, fourth)] == [both, {"test_a.py::test_one"}, set(), both]
    assert [line.id for line in third.lines if isinstance(line, CollectError)] == ["test_a.py"]
    assert sorted(await sandbox.snapshot()) == ["a.py", "test_a.py"]


async def test_a_session_ends_with_all_that_it_started(sandbox: Sandbox) -> None:
    """A process that stayed would meddle with the next one, or with the report."""
    tests = (
        "import os, time, subprocess\n\n\ndef test_a():\n    if os.fork() == 0:\n        os.setsid()\n"
        "        while True:\n            time.sleep(0.01)\n            open('left', 'w').close()\n"
        "    subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    )
    look = "import os\n\n\ndef test_b():\n    assert [p for p in os.listdir('/proc') if p.isdigit()] == PIDS\n"
    look = look.replace("PIDS", "sorted(['1', str(os.getppid()), str(os.getpid())], key=int)")
    look = look.replace("assert [", "assert sorted([").replace("()] ==", "()], key=int) ==")
    await given(sandbox, test_a=tests, test_b=look)
    first, second = await run_sessions(sandbox, [Session(("test_a.py",), 20.0), Session(("test_b.py",), 20.0)], 60.0)
    assert set(first.passed()) == {"test_a.py::test_a"} and set(second.passed()) == {"test_b.py::test_b"}
    assert sorted(await sandbox.snapshot()) == ["test_a.py", "test_b.py"]


async def test_a_test_that_forks_reports_once(sandbox: Sandbox) -> None:
    """Its child goes on with pytest and comes to the end of the same tests; what it tells is not the report."""
    tests = "import os\n\n\ndef test_a():\n    os.fork()\n\n\ndef test_b(): pass\n"
    await given(sandbox, test_a=tests, a="")
    usual, traced = await run_sessions(
        sandbox, [Session(("test_a.py",), 20.0), Session(("test_a.py",), 20.0, traced=("a.py",))], 60.0
    )
    for ran in (usual, traced):
        assert ran.whole and set(ran.passed()) == {"test_a.py::test_a", "test_a.py::test_b"}


async def test_time_of_one_and_time_of_all(sandbox: Sandbox) -> None:
    """What did not start is left out; what was cut says so, with what was known by then."""
    await given(sandbox, test_a="import time\n\n\ndef test_a(): pass\n\n\ndef test_b():\n    time.sleep(30)\n")
    cut, last = await run_sessions(sandbox, [Session(("test_a.py",), 4.0), Session(("test_a.py",), 30.0)] * 2, 10.0)
    for ran in (cut, last):
        assert (ran.timed_out, ran.whole, set(ran.passed())) == (True, False, {"test_a.py::test_a"})


async def test_lines_are_told_for_each_test(sandbox: Sandbox) -> None:
    """Also those that another thread runs; what runs on import belongs to no test."""
    threads = (
        "import a, os, threading\n\n\ndef test_thread():\n    t = threading.Thread(target=a.f, args=(0,))\n"
        "    t.start()\n    t.join()\n\n\ndef test_program():\n    os.system('true')\n"
    )
    await given(sandbox, a=CODE, test_a=TESTS, test_b=threads)
    [ran] = await run_sessions(sandbox, [Session(("test_a.py", "test_b.py"), 20.0, traced=("a.py", "no.py"))], 60.0)
    told = [(line.id, line.files, line.programs) for line in ran.lines if isinstance(line, Executed)]
    assert told == [
        ("", {"a.py": [1]}, False),
        ("test_a.py::test_one", {"a.py": [2, 3]}, False),
        ("test_a.py::test_two", {"a.py": [2, 4]}, False),
        ("test_b.py::test_thread", {"a.py": [2, 4]}, False),
        ("test_b.py::test_program", {}, True),
    ]


async def test_tests_are_made_to_fail_in_every_shape(sandbox: Sandbox) -> None:
    """Those that can end before their last line are left alone: they could pass with reason."""
    tests = """\
import pytest, unittest
from contextlib import suppress


def test_one_line(): pass


def test_with():
    with suppress(AssertionError):
        assert False


@pytest.mark.parametrize("x", ["a[b]", 2])
def test_many(x):
    assert x  # the last line


class TestA:
    def test_in_class(self):
        \"\"\"Documentation.\"\"\"; assert True; x = '''
    two lines'''


class TestB(unittest.TestCase):
    def test_unit(self):
        def helper():
            return 1
        self.assertEqual(helper(), 1)


def test_leaves():
    if True:
        return
    assert False
"""
    await given(sandbox, test_a=tests)
    names = ["test_one_line", "test_with", "test_many", "TestA::test_in_class", "TestB::test_unit", "test_leaves"]
    ids = tuple(f"test_a.py::{name}" for name in names)
    usual, failing = await run_sessions(
        sandbox, [Session(("test_a.py",), 20.0), Session(("test_a.py",), 20.0, failing=ids)], 60.0
    )
    assert len(usual.passed()) == 7
    assert sorted(failing.failing) == sorted(ids[:-1])
    assert set(failing.passed()) == {"test_a.py::test_leaves"}


async def test_the_end_of_the_supervisor_is_told(sandbox: Sandbox) -> None:
    await given(sandbox, test_a="import os\n\n\ndef test_a():\n    os.kill(os.getppid(), 9)\n")
    with pytest.raises(SessionsLost, match="the tests' supervisor ended with 137"):
        await run_sessions(sandbox, [Session(("test_a.py",), 20.0)], 60.0)


async def test_the_supervisor_is_out_of_reach(sandbox: Sandbox) -> None:
    """Neither its memory nor its descriptors: the key of the report and the report itself are there."""
    tests = (
        "import os\nimport pytest\n\n\n@pytest.mark.parametrize('name', ['mem', 'environ', 'fd', 'fd/0', 'maps'])\n"
        "def test_a(name):\n    path = f'/proc/{os.getppid()}/{name}'\n    with pytest.raises(PermissionError):\n"
        "        os.listdir(path) if name == 'fd' else open(path, 'rb').read(1)\n"
    )
    await given(sandbox, test_a=tests)
    [ran] = await run_sessions(sandbox, [Session(("test_a.py",), 20.0)], 60.0)
    assert len(ran.passed()) == 5

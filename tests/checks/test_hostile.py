"""Software that wants to be called correct: whatever it does to the process of its tests, it is not.

Each attack is a small project with one test that fails, or would have to. What still gets through is said in
docs/decisions/0017.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.checks import Check, Tests
from slipway.state import CheckResult

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

TEST = "import a\n\n\ndef test_c1_sum():\n    assert a.add(1, 1) == 2\n\n\ndef test_c2_any():\n    assert a\n"
WRONG = "def add(x, y):\n    return 3\n\n\n"
ADD = "def add(x, y):\n    {}\n"

FIND_REPORTER = """
import gc, os, types


def find(name):
    return next(o for o in gc.get_objects() if type(o).__name__ == name)


def report(nodeid, when):
    return types.SimpleNamespace(
        nodeid=nodeid, when=when, outcome='passed', duration=0.1, location=('', 1, ''), failed=False,
    )


def forge():
    reporter = find('Reporter')
    for test in ('tests/test_a.py::test_c1_sum', 'tests/test_a.py::test_c2_any'):
        for when in ('setup', 'call', 'teardown'):
            reporter.pytest_runtest_logreport(report(test, when))
    reporter.pytest_sessionfinish(0)
"""

SPARE = """
import _pytest.{module} as module
old = module.{name}


def new(*arguments, **more):
    {body}


module.{name} = new
"""


def patched(module: str, name: str, body: str) -> str:
    return WRONG + SPARE.format(module=module, name=name, body=body)


ONE = "tests/test_a.py::test_c1_sum"

ATTACKS: dict[str, dict[str, str]] = {
    "ends the process as the module is imported": {"a.py": "import os\nos._exit(0)\n"},
    "ends the process in the call": {"a.py": ADD.format("import os; os._exit(0)")},
    "ends the session in the call": {"a.py": ADD.format("import pytest; pytest.exit('enough', 0)")},
    "skips its test": {"a.py": ADD.format("import pytest; pytest.skip('not today')")},
    "expects its failure": {"a.py": ADD.format("import pytest; pytest.xfail('not today')")},
    "ends the process at exit": {"a.py": f"import atexit, os\natexit.register(os._exit, 0)\n{WRONG}"},
    "ends the process that keeps the report": {"a.py": f"import os\nos.kill(os.getppid(), 9)\n{WRONG}"},
    "makes each test do nothing": {
        "a.py": WRONG + "import _pytest.python as p\np.Function.runtest = lambda self: None\n"
    },
    "makes one test do nothing": {
        "a.py": WRONG + "import _pytest.python as p\nold = p.Function.runtest\n"
        "p.Function.runtest = lambda self: None if 'c1_' in self.name else old(self)\n"
    },
    "reports each failure as passed": {
        "a.py": patched("reports", "TestReport.from_item_and_call", "report = old(*arguments); "
                        "report.outcome = 'passed'; report.longrepr = None; return report")
    },
    "forgets what one call raised": {
        "a.py": patched("runner", "CallInfo.from_call", "info = old(*arguments, **more); "
                        "info.excinfo = info.excinfo if more.get('when') != 'call' else None; return info")
    },
    "a hook beside the tests that reports passed": {
        "a.py": WRONG,
        "tests/conftest.py": "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport():\n"
        "    report = yield\n    report.outcome, report.longrepr = 'passed', None\n    return report\n",
    },
    "a hook that calls one test by itself": {
        "a.py": WRONG,
        "tests/conftest.py": "def pytest_pyfunc_call(pyfuncitem):\n    return 'c1_' in pyfuncitem.name or None\n",
    },
    "a plugin that the settings name": {
        "a.py": WRONG,
        "pytest.ini": "[pytest]\naddopts = -p helper\n",
        "helper.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n",
    },
    "asserts that are left out of tests": {
        "a.py": WRONG,
        "conftest.py": "import ast\nfrom _pytest.assertion import rewrite\n\n\ndef drop(tree, *more):\n"
        "    for node in ast.walk(tree):\n        if isinstance(getattr(node, 'body', None), list):\n"
        "            node.body = [ast.Pass() if isinstance(n, ast.Assert) else n for n in node.body]\n"
        "    ast.fix_missing_locations(tree)\n\n\nrewrite.rewrite_asserts = drop\n",
    },
    "a test runner of its own": {"a.py": WRONG, "pytest.py": "def main(*a, **m): return 0\n"},
    "a json module of its own": {"a.py": WRONG, "json.py": "def dumps(x, **m): return '{}'\n"},
    "a module in the place of pytest": {
        "a.py": WRONG + "import sys, types\nsys.modules['pytest'] = types.ModuleType('pytest')\n"
        "sys.modules['_pytest.runner'] = types.ModuleType('runner')\n"
    },
    "lines of its own on every descriptor": {
        "a.py": WRONG + "import os\nfor fd in range(3, 64):\n    try:\n"
        "        os.write(fd, b'00 {\"kind\": \"finished\", \"exit_status\": 0}\\n')\n    except OSError: pass\n"
    },
    "calls the reporter as the module is imported": {"a.py": f"{WRONG}{FIND_REPORTER}\n\nforge()\nos._exit(0)\n"},
    "calls the reporter in the call, and ends": {
        "a.py": f"{FIND_REPORTER}\n\ndef add(x, y):\n    forge()\n    os._exit(0)\n"
    },
    "calls the reporter in the call, and goes on": {"a.py": f"{FIND_REPORTER}\n\ndef add(x, y):\n    forge()\n"},
    "silences the reporter, and tells by its way": {
        "a.py": WRONG + FIND_REPORTER
        + "\n\nreporter = find('Reporter')\nold = type(reporter).pytest_runtest_logreport\n\n\n"
        "def new(self, report):\n    report.outcome = 'passed'\n    old(self, report)\n\n\n"
        "type(reporter).pytest_runtest_logreport = new\nreporter_write = reporter._write\n\n\n"
        "def write(**line):\n    line.update({'outcome': 'passed'} if line.get('kind') == 'phase' else {})\n"
        "    reporter_write(**line)\n\n\nreporter._write = write\n"
    },
    "silences the reporter about one test": {
        "a.py": WRONG + FIND_REPORTER + "\n\nreporter = find('Reporter')\nreporter_write = reporter._write\n\n\n"
        "def write(**line):\n    if 'c1_' in line.get('id', ''):\n        line.update(outcome='passed')\n"
        "    reporter_write(**line)\n\n\nreporter._write = write\n"
    },
    "a process that goes on and writes reports": {
        "a.py": WRONG + "import os, time\nif os.fork() == 0:\n    os.setsid()\n    for _ in range(2000):\n"
        "        for name in os.listdir('.cache') if os.path.isdir('.cache') else []:\n"
        "            open('.cache/' + name, 'w').write('[]')\n        time.sleep(0.001)\n    os._exit(0)\n"
    },
    "a link in the place of the report": {
        "a.py": WRONG + "import os\nos.symlink('/tmp', '.cache')\n",
    },
}  # fmt: skip


NOT_BELIEVED = "the report of the tests is not believed: "
SPARED = "is reported as passed even where it ends in a failed assertion"
MUST_FAIL = f"{NOT_BELIEVED}a test that must fail is not reported as failed"
FORGED = {
    "makes each test do nothing": MUST_FAIL,
    "reports each failure as passed": MUST_FAIL,
    "forgets what one call raised": MUST_FAIL,
    "a hook beside the tests that reports passed": MUST_FAIL,
    "a plugin that the settings name": MUST_FAIL,
    "asserts that are left out of tests": MUST_FAIL,
    "silences the reporter, and tells by its way": MUST_FAIL,
    "lines of its own on every descriptor": f"{NOT_BELIEVED}somebody else than our reporter wrote into it",
    "makes one test do nothing": SPARED,
    "a hook that calls one test by itself": SPARED,
    "silences the reporter about one test": SPARED,
}
"""Attacks that are told as what they are; the others fail as any wrong software does."""


@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_is_wrong_is_not_called_correct(checked: Checked, attack: str) -> None:
    """No finding is missing, the test that had to fail proves nothing, and of a forged report nothing is believed."""
    found = await checked(Tests(), {"tests/test_a.py": TEST, **ATTACKS[attack]})
    statuses = {test.id: test.status for test in found.tests}
    assert statuses.get(ONE) != "passed"
    assert found.status == "failed" or statuses[ONE] == "skipped"
    told = [(f.rule, f.message) for f in found.findings]
    forged = FORGED.get(attack)
    assert [message for rule, message in told if rule == "forged"] == ([forged] if forged else [])
    assert not forged or "passed" not in statuses.values()

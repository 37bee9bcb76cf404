"""Coverage tells which lines no test executes; it is advice, and nothing that the project says changes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from slipway.checks import Check
from slipway.checks.coverage import Coverage
from slipway.sandboxes import Sandbox
from slipway.state import CheckReport, CheckResult, Finding

from .conftest import judge

Judged = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

CART = """from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def total(prices: "Iterable[int]") -> int:
    return sum(prices)


def cheapest(prices):
    first = True
    lowest = 0
    for price in prices:
        if first or price < lowest:
            lowest = price
        first = False
    return lowest
"""
TESTS = "from shop.cart import total\n\n\ndef test_c1_total():\n    assert total([1, 2]) == 3\n"
SHOP = {"shop/__init__.py": "", "shop/cart.py": CART, "tests/test_cart.py": TESTS}


def told(result: CheckResult) -> list[tuple[str | None, int | None, str]]:
    return [(each.file, each.line, each.detail) for each in result.findings]


async def test_a_file_of_which_tests_miss_much_is_named_and_another_is_not(judged: Judged) -> None:
    result = await judged(Coverage(), SHOP)
    [finding] = result.findings
    assert result == CheckResult(
        check="coverage",
        status="passed",
        blocking=False,
        findings=(
            Finding(
                check="coverage", rule="uncovered", file="shop/cart.py", line=12, severity="warning",
                message="the tests execute less than 80% of its lines", detail="36 %, 4 of 11; not 12-18",
                hint="write a test for what these lines do, or remove them if nothing needs them",
                signature=finding.signature,
            ),
        ),
    )  # fmt: skip
    more = "from shop.cart import cheapest\n\n\ndef test_c2_cheapest():\n    assert cheapest([3, 1]) == 1\n"
    whole = await judged(Coverage(), {**SHOP, "tests/test_more.py": more})
    assert whole == CheckResult(check="coverage", status="passed", blocking=False)


async def test_a_file_that_no_test_imports_is_named_and_a_short_one_is_not(judged: Judged) -> None:
    """Two lines that start a program are no reason to test how it is started."""
    files = {
        "app.py": "def f():\n    return 1\n",
        "__main__.py": "from app import f\n\nprint(f())\n",
        "other.py": "a = 1\nb = 2\nc = 3\n",
        "test_app.py": "from app import f\n\n\ndef test_f():\n    assert f()\n",
    }
    assert told(await judged(Coverage(), files)) == [("other.py", 1, "0 %, 0 of 3; not 1-3")]


async def test_what_tests_start_counts(judged: Judged) -> None:
    """Programs, processes that are forked, threads, and a service that is told to end."""
    files = {
        "program.py": "import sys\n\n\ndef main():\n    a = 1\n    b = 2\n    print(a + b)\n\n\nmain()\n",
        "work.py": "def work(q):\n    a = 1\n    b = 2\n    c = 3\n    q.put(a + b + c)\n",
        "late.py": "def late(q):\n    a = 1\n    b = 2\n    c = 3\n    q.append(a + b + c)\n",
        "service.py": (
            "import time\n\nfor each in range(9):\n    a = 1\n    print('up', flush=True)\n    time.sleep(9)\n"
        ),
        "test_it.py": (
            "import multiprocessing, subprocess, sys, threading\n"
            "from late import late\nfrom work import work\n\n\n"
            "def test_program():\n"
            "    done = subprocess.run([sys.executable, 'program.py'], capture_output=True, check=True)\n"
            "    assert (done.stdout, done.stderr) == (b'3\\n', b'')\n\n\n"
            "def test_process():\n"
            "    q = multiprocessing.Queue()\n"
            "    process = multiprocessing.Process(target=work, args=(q,))\n"
            "    process.start()\n    assert q.get() == 6\n    process.join()\n\n\n"
            "def test_thread():\n"
            "    q = []\n    thread = threading.Thread(target=late, args=(q,))\n"
            "    thread.start()\n    thread.join()\n    assert q == [6]\n\n\n"
            "def test_service():\n"
            "    service = subprocess.Popen([sys.executable, 'service.py'], stdout=subprocess.PIPE)\n"
            "    assert service.stdout.readline() == b'up\\n'\n"
            "    service.terminate()\n    assert service.wait() == -15\n"
        ),
    }
    result = await judged(Coverage(), files)
    assert (result.reason, told(result)) == ("", [])


async def test_the_project_has_no_say_in_it(judged: Judged) -> None:
    """Neither settings nor comments leave lines out, and no module of the project is taken for the tool's."""
    hidden = CART.replace("def cheapest(prices):", "def cheapest(prices):  # pragma: no cover")
    files = {
        **SHOP, "shop/cart.py": hidden,
        ".coveragerc": "[run]\nomit = *\n[report]\nexclude_lines = .\n",
        "pyproject.toml": '[tool.coverage.run]\nomit = ["*"]\n',
        "setup.cfg": "[coverage:run]\nomit = *\n", "sitecustomize.py": "raise SystemExit(3)\n",
        "json.py": "raise SystemExit(3)\n", "sqlite3.py": "raise SystemExit(3)\n",
    }  # fmt: skip
    named = [each for each in told(await judged(Coverage(), files)) if each[0] == "shop/cart.py"]
    assert named == [("shop/cart.py", 12, "36 %, 4 of 11; not 12-18")]


async def test_red_tests_execute_lines_too(judged: Judged) -> None:
    red = TESTS.replace("== 3", "== 4")
    assert told(await judged(Coverage(), {**SHOP, "tests/test_cart.py": red})) == [
        ("shop/cart.py", 12, "36 %, 4 of 11; not 12-18")
    ]


async def test_what_is_left_running_keeps_nobody_waiting(judged: Judged) -> None:
    left = "import subprocess\n\n\ndef test_left():\n    subprocess.Popen(['sleep', '100'])\n"
    result = await judged(Coverage(), {**SHOP, "tests/test_left.py": left})
    assert [each.file for each in result.findings] == ["shop/cart.py"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nothing_of_that_name\n", "pytest ended with 2 before all tests had run: "),
        ("import os\n\n\ndef test_a():\n    os._exit(0)\n", "nothing was measured: the tests' process ended by itself"),
    ],
)
async def test_tests_that_do_not_come_to_their_end_tell_nothing(judged: Judged, text: str, reason: str) -> None:
    result = await judged(Coverage(), {**SHOP, "tests/test_cart.py": text})
    assert (result.status, result.reason[: len(reason)]) == ("not_run", reason)


async def test_without_coverage_nobody_can_tell(sandbox: Sandbox) -> None:
    result = await judge(Coverage(), sandbox, SHOP)
    reason = "coverage is not in the sandbox; its layer `analysis` has it"
    assert (result.status, result.reason) == ("not_run", reason)


def test_it_is_about_code_that_has_tests() -> None:
    cart, tests = "shop/cart.py", "tests/test_cart.py"
    given = [{cart: "1", tests: "2", "data.csv": "3"}, {cart: "1"}, {tests: "2"}, {"a.js": "1"}]
    assert [set(Coverage().inputs(each)) for each in given] == [{cart, tests, "data.csv"}, set(), set(), set()]


async def test_it_neither_blocks_nor_reaches_the_fixer(judged: Judged) -> None:
    """A report is as green with it as without, and its findings are none of those that are repaired."""
    result = await judged(Coverage(), SHOP)
    report = CheckReport(version="v", results=(CheckResult(check="tests", status="passed"), result))
    assert (report.green, report.findings, len(result.findings)) == (True, (), 1)

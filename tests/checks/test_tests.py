"""Delivery rests on this check: whatever the software under test does, what did not pass is never called passed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from slipway.checks import Check, Tests
from slipway.checks.signatures import signature
from slipway.state import CheckResult, Finding, TestResult

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]

GREEN_REPORT = """<?xml version="1.0"?><testsuites><testsuite tests="1">
<testcase classname="tests.test_a" file="tests/test_a.py" line="1" name="test_c1_a" time="0.1"/>
</testsuite></testsuites>"""
FORGE = """import os
from pathlib import Path
Path('.cache').mkdir(exist_ok=True)
Path('.cache/junit.xml').write_text('''{}''')
"""


def result(status: Any, *findings: Finding, **more: Any) -> CheckResult:
    return CheckResult(check="tests", status=status, findings=findings, **more)


def broken(message: str) -> Finding:
    return Finding(check="tests", message=message, signature=signature("tests", None, None, message))


async def test_tests_that_pass_are_listed_one_by_one(checked: Checked) -> None:
    text = (
        "import pytest\nfrom a import half\n\n\ndef test_c1_half():\n    assert half(4) == 2\n\n\n"
        "@pytest.mark.parametrize('n', [1, 'x-y'])\ndef test_c2_any(n):\n    pass\n\n\n"
        "@pytest.mark.skip\ndef test_c3_later():\n    pass\n"
    )
    files = {"a.py": "def half(n):\n    return n // 2\n", "tests/test_a.py": text, "b_test.py": "def test_b(): pass\n"}
    listed = [
        ("b_test.py::test_b", "passed"),
        ("tests/test_a.py::test_c1_half", "passed"),
        ("tests/test_a.py::test_c2_any[1]", "passed"),
        ("tests/test_a.py::test_c2_any[x-y]", "passed"),
        ("tests/test_a.py::test_c3_later", "skipped"),
    ]
    tests = tuple(TestResult.model_validate({"id": name, "status": status}) for name, status in listed)
    assert await checked(Tests(), files) == result("passed", tests=tests)


async def test_every_test_that_fails_is_a_finding_with_its_error(checked: Checked) -> None:
    text = (
        "import pytest\n\n\ndef test_c1_sum():\n    print('noise')\n    assert 1 + 1 == 3, 'wrong\\nsum'\n\n\n"
        "@pytest.fixture\ndef gone():\n    raise OSError('gone')\n\n\ndef test_c2_needs(gone):\n    pass\n\n\n"
        "def test_c3_fine():\n    pass\n"
    )
    sums, needs = "tests/test_a.py::test_c1_sum", "tests/test_a.py::test_c2_needs"
    setup = 'failed on setup with "OSError: gone"'
    findings = (
        Finding(
            check="tests", rule=sums, file="tests/test_a.py", line=4, message="AssertionError: wrong",
            detail="tests/test_a.py:6: in test_c1_sum\n    assert 1 + 1 == 3, 'wrong\\nsum'\n"
            "E   AssertionError: wrong\nE     sum\nE   assert (1 + 1) == 3",
            signature=signature("tests", sums, None, "AssertionError: wrong"),
        ),
        Finding(
            check="tests", rule=needs, file="tests/test_a.py", line=14, message=setup,
            detail="tests/test_a.py:11: in gone\n    raise OSError('gone')\nE   OSError: gone",
            signature=signature("tests", needs, None, setup),
        ),
    )  # fmt: skip
    tests = (
        TestResult(id=sums, status="failed"),
        TestResult(id=needs, status="error"),
        TestResult(id="tests/test_a.py::test_c3_fine", status="passed"),
    )
    assert await checked(Tests(), {"tests/test_a.py": text}) == result("failed", *findings, tests=tests)


async def test_two_tests_of_one_name_in_two_classes_have_two_ids(checked: Checked) -> None:
    """Lists of tests are compared by id: the one that fails must not hide behind the one that passes."""
    text = "class TestA:\n    def test_c1(self): assert 0\n\n\nclass TestB:\n    def test_c1(self): pass\n"
    tests = (await checked(Tests(), {"tests/test_a.py": text})).tests
    assert tests == (
        TestResult(id="tests/test_a.py::TestA::test_c1", status="failed"),
        TestResult(id="tests/test_a.py::TestB::test_c1", status="passed"),
    )


async def test_no_test_files_is_no_pass(checked: Checked) -> None:
    files = {"a.py": "def test_a(): pass\n", "tests/helpers.py": "def test_b(): pass\n", "tests/test_c.txt": ""}
    assert await checked(Tests(), files) == result("not_run", reason="the project has no test files")


async def test_nothing_but_skipped_tests_is_no_pass(checked: Checked) -> None:
    text = "import pytest\n\n\n@pytest.mark.skip\ndef test_a():\n    pass\n"
    tests = (TestResult(id="test_a.py::test_a", status="skipped"),)
    assert await checked(Tests(), {"test_a.py": text}) == result(
        "not_run", reason="no test ran to its end", tests=tests
    )


async def test_files_without_tests_are_no_pass(checked: Checked) -> None:
    found = await checked(Tests(), {"test_a.py": "x = 1\n"})
    assert (found.status, [f.message for f in found.findings]) == (
        "failed",
        ["pytest ended with 5 without a whole report"],
    )


async def test_a_file_that_cannot_be_imported_fails_and_hides_no_other(checked: Checked) -> None:
    found = await checked(Tests(), {"test_a.py": "import nothing\n", "test_b.py": "def test_b(): assert 0\n"})
    assert found.status == "failed"
    first = found.findings[0]
    assert (first.file, first.message, first.detail.splitlines()[-1]) == (
        "test_a.py", "collection failure", "E   ModuleNotFoundError: No module named 'nothing'"
    )  # fmt: skip
    assert "passed" not in {test.status for test in found.tests}


@pytest.mark.parametrize(
    "ending",
    [
        "os._exit(0)",
        "def test_z():\n    os._exit(0)",
        "def test_z():\n    os.kill(os.getpid(), 9)",
        "def test_z():\n    pytest.exit('enough', returncode=0)",
    ],
)
async def test_a_test_that_ends_the_process_fails(checked: Checked, ending: str) -> None:
    """Exit status 0 with the rest of the tests not run is the oldest way to a false green."""
    files = {"test_a.py": "def test_a(): pass\n", "test_b.py": f"import os\nimport pytest\n\n\n{ending}\n"}
    found = await checked(Tests(), files)
    assert found.status == "failed"
    assert len(found.findings) == 1


async def test_a_test_that_hangs_fails(checked: Checked) -> None:
    text = "import time\n\n\ndef test_a():\n    time.sleep(60)\n"
    assert await checked(Tests(timeout=1.0), {"test_a.py": text}) == result(
        "failed", broken("pytest ran out of time without a whole report")
    )


@pytest.mark.parametrize("report", ["no xml", "<testsuites>", "<testsuites/>", "<testcase name='a'/>"])
async def test_a_report_that_is_none_is_no_pass(checked: Checked, report: str) -> None:
    """The report is written beside untrusted code, which may write there too."""
    text = f"{FORGE.format(report)}os._exit(3)\n"
    found = await checked(Tests(), {"test_a.py": text})
    assert (found.status, [f.message for f in found.findings]) == (
        "failed",
        ["pytest ended with 3 without a whole report"],
    )


async def test_an_old_report_is_not_taken_for_this_runs(checked: Checked) -> None:
    """An agent that ran the same command left one in its workspace."""
    files = {".cache/junit.xml": GREEN_REPORT, "tests/test_a.py": "import os\nos._exit(0)\n"}
    assert await checked(Tests(), files) == result("failed", broken("pytest ended with 0 without a whole report"))


@pytest.mark.parametrize("module", ["a.py", "conftest.py"])
async def test_a_report_that_the_software_wrote_is_no_pass(checked: Checked, module: str) -> None:
    """The code that is judged must not write its own verdict."""
    files = {
        "a.py": "",
        "tests/test_a.py": "import a\n\n\ndef test_c1_a():\n    assert a.wrong\n",
        module: f"{FORGE.format(GREEN_REPORT)}os._exit(0)\n",
    }
    assert (await checked(Tests(), files)).status == "failed"


async def test_numbers_of_a_report_are_not_believed(checked: Checked) -> None:
    """A number that breaks the reader would end the run from inside the sandbox."""
    numbers = ["nan", "inf", "-1", "1e9", "x", "", "9" * 5000, "12345678901"]
    cases = "".join(f'<testcase file="t.py" name="t" time="{n}" line="{n}"><error/></testcase>' for n in numbers)
    report = FORGE.format(f"<testsuites>{cases}</testsuites>")
    one = Finding(
        check="tests", rule="t.py::t", file="t.py", line=1, message="failed",
        signature=signature("tests", "t.py::t", None, "failed"),
    )  # fmt: skip
    found = await checked(Tests(), {"test_a.py": f"{report}os._exit(1)\n"})
    assert found.findings == (one,) * len(numbers)


async def test_a_report_of_nested_entities_is_no_bomb(checked: Checked) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    report = f'<!DOCTYPE x [<!ENTITY e0 "{"a" * 100}">{entities}]><testsuites><testcase name="&e9;"/></testsuites>'
    assert (await checked(Tests(), {"test_a.py": f"{FORGE.format(report)}os._exit(0)\n"})).status == "failed"


async def test_a_file_that_is_called_like_an_option_is_a_file(checked: Checked) -> None:
    """Its name must not take another file's tests out of the run."""
    files = {
        "--deselect=tests/test_a.py": "def test_x(): pass\n",
        "tests/__init__.py": "",
        "tests/test_a.py": "def test_a(): assert 0\n",
        "tests/test_b.py": "def test_b(): pass\n",
    }
    found = await checked(Tests(), files)
    assert found.status == "failed"
    assert ("tests/test_a.py::test_a", "failed") in [(test.id, test.status) for test in found.tests]

"""Delivery rests on this check: whatever the software under test does, what did not pass is never called passed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from slipway.checks import Check, Tests
from slipway.checks.signatures import signature
from slipway.state import CheckResult, Finding, TestResult

Checked = Callable[[Check, dict[str, str]], Awaitable[CheckResult]]


def result(status: Any, *findings: Finding, **more: Any) -> CheckResult:
    return CheckResult(check="tests", status=status, findings=findings, **more)


def broken(message: str) -> Finding:
    return Finding(check="tests", message=message, signature=signature("tests", None, None, message))


def unfinished(test: str) -> Finding:
    message, file = "was collected, but did not run to its end", test.partition("::")[0]
    return Finding(
        check="tests", rule=test, file=file, message=message, signature=signature("tests", test, file, message)
    )


def untested(file: str) -> Finding:
    message = "no test of this file was collected"
    return Finding(check="tests", file=file, message=message, signature=signature("tests", None, file, message))


def configured(file: str, option: str) -> str:
    if file == "pyproject.toml":
        return f"[tool.pytest.ini_options]\naddopts = {json.dumps(option)}\n"
    section = "tool:pytest" if file == "setup.cfg" else "pytest"
    return f"[{section}]\naddopts = {option}\n"


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
    findings = (
        Finding(
            check="tests", rule=sums, file="tests/test_a.py", line=4, message="AssertionError: wrong",
            detail="tests/test_a.py:6: in test_c1_sum\n    assert 1 + 1 == 3, 'wrong\\nsum'\n"
            "E   AssertionError: wrong\nE     sum\nE   assert (1 + 1) == 3",
            signature=signature("tests", sums, "tests/test_a.py", "AssertionError: wrong"),
        ),
        Finding(
            check="tests", rule=needs, file="tests/test_a.py", line=14, message="OSError: gone",
            detail="tests/test_a.py:11: in gone\n    raise OSError('gone')\nE   OSError: gone",
            signature=signature("tests", needs, "tests/test_a.py", "OSError: gone"),
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
    files = {"test_a.py": "x = 1\n", "test_b.py": "def test_b(): pass\n"}
    tests = (TestResult(id="test_b.py::test_b", status="passed"),)
    assert await checked(Tests(), files) == result("failed", untested("test_a.py"), tests=tests)
    assert await checked(Tests(), {"test_b.py": ""}) == result("failed", untested("test_a.py"), untested("test_b.py"))


async def test_a_file_that_cannot_be_imported_fails_and_hides_no_other(checked: Checked) -> None:
    """Whoever writes one part would else be told of nothing but the part that is not there yet."""
    files = {"test_a.py": "import nothing\n", "test_b.py": "def test_b():\n    assert 0\n\n\ndef test_c(): pass\n"}
    found = await checked(Tests(), files)
    first, second = found.findings
    assert (first.file, first.detail.splitlines()[-1]) == (
        "test_a.py", "E   ModuleNotFoundError: No module named 'nothing'"
    )  # fmt: skip
    assert first.message.startswith("ImportError while importing test module ")
    assert (second.rule, second.line, second.message) == ("test_b.py::test_b", 1, "assert 0")
    assert (found.status, found.tests) == (
        "failed",
        (TestResult(id="test_b.py::test_b", status="failed"), TestResult(id="test_b.py::test_c", status="passed")),
    )


UNFINISHED = "was collected, but did not run to its end"


@pytest.mark.parametrize(
    ("ending", "wanted"),
    [
        ("os._exit(0)", [(None, "pytest ended with 0 without a whole report")]),
        ("def test_z():\n    os._exit(0)",
         [("test_b.py::test_z", UNFINISHED), ("test_c.py::test_c", UNFINISHED),
          (None, "pytest ended with 0 without a whole report")]),
        ("def test_z():\n    os.kill(os.getpid(), 9)",
         [("test_b.py::test_z", UNFINISHED), ("test_c.py::test_c", UNFINISHED),
          (None, "pytest ended with 137 without a whole report")]),
        ("def test_z():\n    pytest.exit('enough', returncode=0)",
         [("test_b.py::test_z", UNFINISHED), ("test_c.py::test_c", UNFINISHED)]),
        ("pytest.exit('enough', returncode=0)",
         [("test_b.py", "_pytest.outcomes.Exit: enough")]),
    ],
)  # fmt: skip
async def test_a_test_that_ends_the_process_fails(
    checked: Checked, ending: str, wanted: list[tuple[str | None, str]]
) -> None:
    """Exit status 0 with the rest of the tests not run is the oldest way to a false green."""
    files = {
        "test_a.py": "def test_a(): pass\n",
        "test_b.py": f"import os\nimport pytest\n\n\n{ending}\n",
        "test_c.py": "def test_c(): pass\n",
    }
    found = await checked(Tests(), files)
    assert (found.status, [(f.rule, f.message) for f in found.findings]) == ("failed", wanted)
    left = [name for name, message in wanted if message == UNFINISHED]
    assert [test.id for test in found.tests if test.status != "passed"] == left


async def test_a_test_that_hangs_fails(checked: Checked) -> None:
    text = "import time\n\n\ndef test_a():\n    time.sleep(60)\n"
    assert await checked(Tests(timeout=8.0), {"test_a.py": text}) == result(
        "failed",
        unfinished("test_a.py::test_a"),
        broken("pytest ran out of time without a whole report"),
        tests=(TestResult(id="test_a.py::test_a", status="error"),),
    )


# --- what takes tests out of the run ---------------------------------------------------------------------------------

TWO = {
    "tests/test_a.py": "def test_one(): pass\n\n\ndef test_two(): assert 0\n",
    "tests/test_b.py": "def test_three(): pass\n",
}


@pytest.mark.parametrize("file", ["pytest.ini", "pyproject.toml", "setup.cfg"])
@pytest.mark.parametrize("option", ["--deselect=tests/test_a.py::test_two", "-k 'not two'"])
async def test_options_of_the_project_take_no_test_out_unseen(checked: Checked, file: str, option: str) -> None:
    """The easiest repair of a failing test is a line of configuration that leaves it out."""
    found = await checked(Tests(), {**TWO, file: configured(file, option)})
    name = "tests/test_a.py::test_two"
    message = "was taken out of the run"
    finding = Finding(
        check="tests", rule=name, file="tests/test_a.py", message=message,
        signature=signature("tests", name, "tests/test_a.py", message),
    )  # fmt: skip
    tests = [("tests/test_a.py::test_one", "passed"), ("tests/test_b.py::test_three", "passed")]
    assert (found.status, found.findings) == ("failed", (finding,))
    assert [(test.id, test.status) for test in found.tests] == tests


@pytest.mark.parametrize(
    "more",
    [
        {"pytest.ini": "[pytest]\npython_functions = test_three\n"},
        {
            "pytest.ini": "[pytest]\nfilterwarnings = ignore\n",
            "tests/test_a.py": "class TestA:\n    def __init__(self): pass\n    def test_a(self): pass\n",
        },
    ],
)
async def test_a_file_that_is_kept_out_of_the_run_is_told(checked: Checked, more: dict[str, str]) -> None:
    """Also where nobody meant it: a class that pytest cannot make has no tests."""
    found = await checked(Tests(), {**TWO, **more})
    assert found.status == "failed"
    assert "tests/test_a.py" in [f.file for f in found.findings if f.message == "no test of this file was collected"]


@pytest.mark.parametrize(
    "more",
    [
        {"pytest.ini": "[pytest]\naddopts = --ignore=tests/test_a.py\n"},
        {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--ignore=tests/test_a.py'\n"},
        {"pytest.ini": "[pytest]\naddopts = --ignore=tests\n"},
        {"pytest.ini": "[pytest]\naddopts = --ignore-glob=*_a.py\n"},
        {"pytest.ini": "[pytest]\npython_files = test_b.py\ntestpaths = doc\nnorecursedirs = tests\n"},
        {"tests/conftest.py": "collect_ignore = ['test_a.py']\n"},
        {"conftest.py": "def pytest_ignore_collect(collection_path):\n    return 'test_a' in str(collection_path)\n"},
    ],
)
async def test_a_file_that_is_ignored_runs_all_the_same(checked: Checked, more: dict[str, str]) -> None:
    """Every test file is named to pytest, so nothing needs to find it."""
    found = await checked(Tests(), {**TWO, **more})
    assert [(f.rule, f.message) for f in found.findings] == [("tests/test_a.py::test_two", "assert 0")]
    assert [(test.id, test.status) for test in found.tests] == [
        ("tests/test_a.py::test_one", "passed"),
        ("tests/test_a.py::test_two", "failed"),
        ("tests/test_b.py::test_three", "passed"),
    ]


async def test_tests_that_are_dropped_in_silence_are_told(checked: Checked) -> None:
    """A hook that shortens the list of tests reports nothing as deselected."""
    hook = "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if i.name != 'test_two']\n"
    found = await checked(Tests(), {**TWO, "conftest.py": hook})
    assert found.status == "failed"
    assert "tests/test_a.py::test_two" in [f.rule for f in found.findings]


async def test_a_run_that_stops_early_is_no_pass(checked: Checked) -> None:
    found = await checked(Tests(), {**TWO, "pytest.ini": configured("pytest.ini", "--collect-only")})
    assert found.status == "failed"
    assert unfinished("tests/test_b.py::test_three") in found.findings


@pytest.mark.parametrize("option", ["--exitfirst", "--maxfail=1"])
async def test_no_failure_keeps_other_tests_from_running(checked: Checked, option: str) -> None:
    """What a developer wants on a terminal would hide all but the first fault from the fixer, and the canaries."""
    found = await checked(Tests(), {**TWO, "pytest.ini": configured("pytest.ini", option)})
    assert [f.rule for f in found.findings] == ["tests/test_a.py::test_two"]
    assert [test.status for test in found.tests] == ["passed", "failed", "passed"]


async def test_a_failed_run_of_another_kind_is_no_pass(checked: Checked) -> None:
    """pytest refuses to start, so there is no report at all."""
    found = await checked(Tests(), {**TWO, "pytest.ini": configured("pytest.ini", "--no-such-option")})
    assert (found.status, [f.message for f in found.findings]) == (
        "failed", ["pytest ended with 4 without a whole report"],
    )  # fmt: skip
    assert "--no-such-option" in found.findings[0].detail


async def test_configuration_beside_the_tests_changes_no_name(checked: Checked) -> None:
    """It moves pytest's root; evidence and findings go by the project's paths all the same."""
    text = "def test_c1_a(): pass\n"
    files = {"tests/test_a.py": text, "tests/pytest.ini": "[pytest]\n"}
    tests = (TestResult(id="tests/test_a.py::test_c1_a", status="passed"),)
    assert await checked(Tests(), files) == result("passed", tests=tests)


@pytest.mark.parametrize("text", ["\\ud800", "\\x1b[2J", "\\u202e", "\\x00", "\\u2028"])
async def test_a_failure_with_odd_characters_is_told_like_any_other(checked: Checked, text: str) -> None:
    """What the report cannot carry must not turn a failed test into one that passed."""
    found = await checked(Tests(), {"test_a.py": f"def test_a():\n    raise ValueError('wrong {text} sum')\n"})
    [finding] = found.findings
    assert (finding.rule, finding.line) == ("test_a.py::test_a", 1)
    assert finding.message.startswith("ValueError: wrong ") and finding.message.isprintable()
    assert found.tests == (TestResult(id="test_a.py::test_a", status="failed"),)


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


# --- chance ----------------------------------------------------------------------------------------------------------


async def test_a_red_test_that_passes_alone_is_flaky(checked: Checked) -> None:
    """A fixer who repairs the code of a test that fails by chance never comes to an end. It blocks all the same."""
    text = (
        "import a\n\n\ndef test_c1_first():\n    assert a.take() == 1\n\n\n"
        "def test_c2_second():\n    assert a.take() == 1\n\n\ndef test_c3_wrong():\n    assert a.take() == 9\n"
    )
    found = await checked(
        Tests(), {"a.py": "N = []\n\n\ndef take():\n    N.append(1)\n    return len(N)\n", "test_a.py": text}
    )
    flaky = (
        "is flaky: it failed, and passed alone in a fresh process; nothing it sees may depend on order, time or chance"
    )
    second, third = "test_a.py::test_c2_second", "test_a.py::test_c3_wrong"
    assert [(f.rule, f.message, f.line) for f in found.findings] == [
        (second, flaky, 8), (third, "assert 3 == 9", 12),
    ]  # fmt: skip
    assert found.findings[0].signature == signature("tests", second, "test_a.py", flaky)
    assert found.findings[0].detail.startswith("assert 2 == 1")
    assert [test.status for test in found.tests] == ["passed", "failed", "failed"]

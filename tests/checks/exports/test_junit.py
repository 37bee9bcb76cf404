"""CI systems show what this says: what failed must fail there, and what did not run must not pass."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped, TestSuite

from slipway.checks.exports import junit
from slipway.state import CheckReport, CheckResult, Finding, TestResult


def read(report: CheckReport) -> list[TestSuite]:
    return list(JUnitXml.fromstring(junit(report).encode()))


def cases(suite: TestSuite) -> list[tuple[str | None, str | None, list[tuple[type, str | None, str | None]]]]:
    return [
        (case.classname, case.name, [(type(each), each.message, each.text) for each in case.result]) for case in suite
    ]


def test_the_whole_report(report: CheckReport) -> None:
    suites = read(report)
    assert [(s.name, s.tests, s.failures, s.errors, s.skipped, s.time) for s in suites] == [
        ("syntax", 1, 0, 0, 0, 0.1),
        ("lint", 1, 1, 0, 0, 0.5),
        ("tests", 5, 2, 1, 1, 2),
        ("types", 1, 0, 1, 0, 0),
        ("advice", 1, 0, 0, 0, 0),
    ]
    assert [cases(suite) for suite in suites] == [
        [("syntax", "syntax", [])],
        [
            (
                "lint.F821",
                "a b/ü.py:3: Undefined name `b`",
                [(Failure, "Undefined name `b`", "Undefined name `b`\na = b\nhint: import it")],
            )
        ],
        [
            ("tests.test_a", "test_c1_adds", []),
            ("tests.test_a.TestB", "test_c2[x::y]", [(Failure, "assert 1 == 2", "assert 1 == 2\nE  assert")]),
            ("tests.test_a", "test_c3", [(Error, "error", None)]),
            ("tests.test_a", "test_c4", [(Skipped, None, None)]),
            (
                "tests.tests/test_a.py::test_c5",
                "was taken out of the run",
                [(Failure, "was taken out of the run", "was taken out of the run")],
            ),
        ],
        [("types", "types", [(Error, "did not run: no pyright", "did not run: no pyright")])],
        [("advice", "is long", [])],
    ]
    assert [[(p.name, p.value) for p in suite.properties()] for suite in suites[3:]] == [
        [("status", "not_run"), ("blocking", "true"), ("reason", "no pyright")],
        [("status", "passed"), ("blocking", "false")],
    ]
    assert [case.time for case in suites[2]] == [0.25, 1.5, 0, 0, 0]


def test_what_a_passed_check_found_is_written_into_its_case(report: CheckReport) -> None:
    [case] = read(report)[4]
    assert case.system_out == "is long"


@pytest.mark.parametrize("tests", [(), (TestResult(id="t.py::test_a", status="passed"),)])
def test_a_check_that_failed_without_saying_why_fails(tests: tuple[TestResult, ...]) -> None:
    result = CheckResult(check="c", status="failed", tests=tests)
    [suite] = read(CheckReport(version="v", results=(result,)))
    assert (suite.tests, suite.failures) == (1 + len(tests), 1)


def test_a_finding_on_a_test_that_passed_fails_all_the_same() -> None:
    """Such as that its result is forged."""
    forged = Finding(check="tests", message="is forged", rule="t.py::test_a", signature="s")
    test = TestResult(id="t.py::test_a", status="passed")
    [suite] = read(
        CheckReport(
            version="v", results=(CheckResult(check="tests", status="failed", findings=(forged,), tests=(test,)),)
        )
    )
    assert (suite.tests, suite.failures) == (2, 1)


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
STATUS = st.sampled_from(["passed", "failed", "not_run"])


@settings(deadline=None)
@given(
    check=TEXT, message=TEXT, file=st.none() | TEXT, rule=st.none() | TEXT, detail=TEXT, test=TEXT, status=STATUS,
)  # fmt: skip
def test_whatever_is_quoted_the_xml_is_well_formed_and_says_the_status(
    check: str, message: str, file: str | None, rule: str | None, detail: str, test: str, status: str
) -> None:
    """XML has no way to write most control characters: one in the output of a test must not cost the report."""
    found = Finding(check=check, message=message, file=file, rule=rule, detail=detail, signature="s", hint=detail)
    made = {"check": check, "status": status, "findings": (found,), "tests": ({"id": test, "status": "passed"},)}
    text = junit(CheckReport.model_validate({"version": "v", "results": [made]}))
    root = ElementTree.fromstring(text.encode())
    failed = int(root.get("failures", "")) + int(root.get("errors", ""))
    assert (failed > 0) == (status != "passed")
    assert int(root.get("tests", "")) == len(list(root.iter("testcase")))

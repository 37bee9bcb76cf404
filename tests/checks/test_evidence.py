"""What is delivered as proven must have been proven: by a test of that criterion that ran and passed."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.checks import criterion_of, evidence
from slipway.state import Brief, CheckReport, Evidence


@pytest.mark.parametrize(
    ("test", "criterion"),
    [
        ("tests/test_a.py::test_c1_reads_cents", "C1"),
        ("tests/test_a.py::test_c1", "C1"),
        ("tests/test_a.py::test_C12_rounds", "C12"),
        ("tests/test_a.py::test_c3[12-5]", "C3"),
        ("tests/test_a.py::test_c3_rounds[12-5]", "C3"),
        ("tests/test_a.py::TestAmounts::test_c4_reads", "C4"),
        ("tests/test_a.py::TestAmounts::TestDeep::test_c4[x]", "C4"),
        ("tests/test_a.py::test_reads_c1", None),
        ("tests/test_a.py::test_c1x", None),
        ("tests/test_a.py::test_cents", None),
        ("tests/test_a.py::test_c_1", None),
        ("tests/test_c1_a.py::test_reads", None),
        ("tests/test_a.py::TestC1::test_reads", None),
        ("tests/test_a.py::test_c2_reads[a.test_c1_b]", "C2"),
        ("tests/test_a.py::test_c2_reads[::test_c1_b]", "C2"),
        ("tests/test_a.py::test_reads[a.test_c1_b]", None),
        ("tests/test_a.py::test_reads[::test_c1_b]", None),
        ("", None),
    ],
)
def test_the_criterion_that_a_test_is_named_after(test: str, criterion: str | None) -> None:
    """Neither the text of a parameter nor the name of a file is a claim to prove something."""
    assert criterion_of(test) == criterion


def brief(*criteria: str) -> Brief:
    made = [{"id": name, "text": "x", "requirement": "R1"} for name in criteria]
    return Brief.model_validate({
        "title": "t", "goal": "g", "requirements": [{"id": "R1", "text": "x"}], "criteria": made,
    })  # fmt: skip


FILES = ["t.py"]


def report(**statuses: Any) -> CheckReport:
    tests = tuple({"id": f"t.py::test_{name}", "status": status} for name, status in statuses.items())
    return CheckReport.model_validate({
        "version": "v",
        "results": [{"check": "lint", "status": "passed"}, {"check": "tests", "status": "failed", "tests": tests}],
    })  # fmt: skip


def test_each_criterion_has_its_own_evidence() -> None:
    found = evidence(
        brief("C1", "C2", "C3", "C10"),
        report(c1_a="passed", c1_b="passed", c2_a="passed", c2_b="failed", other="failed", c9="passed"),
        FILES,
    )
    assert found == (
        Evidence(criterion="C1", status="proven", check="tests", tests=("t.py::test_c1_a", "t.py::test_c1_b")),
        Evidence(criterion="C2", status="failed", check="tests", tests=("t.py::test_c2_a", "t.py::test_c2_b")),
        Evidence(criterion="C3", status="unproven"),
        Evidence(criterion="C10", status="unproven"),
    )


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["passed"], "proven"),
        (["passed", "error"], "failed"),
        (["failed"], "failed"),
        (["skipped"], "unproven"),
        (["skipped", "skipped"], "unproven"),
        (["skipped", "failed"], "failed"),
    ],
)
def test_what_the_tests_of_a_criterion_show(statuses: list[str], status: str) -> None:
    """A skipped test proves nothing."""
    tests = {f"c1_{number}": each for number, each in enumerate(statuses)}
    assert [proof.status for proof in evidence(brief("C1"), report(**tests), FILES)] == [status]


def test_a_skipped_test_takes_nothing_for_granted() -> None:
    """One of two tests did not run: what it would have shown is not known."""
    [proof] = evidence(brief("C1"), report(c1_a="passed", c1_b="skipped"), FILES)
    assert proof.status != "proven"


@pytest.mark.parametrize("files", [(), ("t_2.py",), ("t",), ("tests/t.py",), ("t.py::test_c1_a",)])
def test_tests_of_other_files_prove_and_refute_nothing(files: tuple[str, ...]) -> None:
    """C1 of an earlier run on this project was another criterion."""
    for status in ("passed", "failed"):
        assert evidence(brief("C1"), report(c1_a=status), files) == (Evidence(criterion="C1", status="unproven"),)


def test_each_test_file_of_the_run_counts() -> None:
    tests = [{"id": f"{file}.py::test_c1_a", "status": "passed"} for file in ("a", "b", "c")]
    made = {"version": "v", "results": [{"check": "tests", "status": "passed", "tests": tests}]}
    [proof] = evidence(brief("C1"), CheckReport.model_validate(made), ["c.py", "a.py"])
    assert proof == Evidence(
        criterion="C1", status="proven", check="tests", tests=("a.py::test_c1_a", "c.py::test_c1_a")
    )


@pytest.mark.parametrize(
    ("statuses", "vacuous", "status", "telling"),
    [
        ({"c1_a": "passed"}, ["c1_a"], "unproven", []),
        ({"c1_a": "passed", "c1_b": "passed"}, ["c1_a"], "proven", ["c1_b"]),
        ({"c1_a": "passed", "c1_b": "passed"}, ["c1_a", "c1_b"], "unproven", []),
        ({"c1_a": "passed", "c1_b": "failed"}, ["c1_a"], "failed", ["c1_b"]),
        ({"c1_a": "passed", "c1_b": "skipped"}, ["c1_a"], "unproven", ["c1_b"]),
        ({"c1_a": "passed"}, ["c2_a", "c1"], "proven", ["c1_a"]),
    ],
)
def test_a_test_that_passed_without_any_code_proves_nothing(
    statuses: dict[str, str], vacuous: list[str], status: str, telling: list[str]
) -> None:
    """It would pass whatever was written."""
    found = evidence(brief("C1"), report(**statuses), FILES, [f"t.py::test_{name}" for name in vacuous])
    assert [(proof.status, proof.tests) for proof in found] == [
        (status, tuple(f"t.py::test_{name}" for name in telling))
    ]


def test_without_a_report_nothing_is_proven() -> None:
    assert evidence(brief("C1"), None, FILES) == (Evidence(criterion="C1", status="unproven"),)


def test_the_evidence_names_every_check_that_proved_it() -> None:
    """A criterion may have a test of the code and a scenario in the browser."""
    said = CheckReport.model_validate({
        "version": "v",
        "results": [
            {"check": "tests", "status": "passed", "tests": [{"id": "t.py::test_c1_a", "status": "passed"}]},
            {
                "check": "browser", "status": "passed",
                "tests": [{"id": "s.yaml::test_c1_clicks", "status": "passed"},
                          {"id": "s.yaml::test_c2_clicks", "status": "failed"}],
            },
        ],
    })  # fmt: skip
    assert evidence(brief("C1", "C2"), said, ["t.py", "s.yaml"]) == (
        Evidence(
            criterion="C1", status="proven", check="tests, browser", tests=("t.py::test_c1_a", "s.yaml::test_c1_clicks")
        ),
        Evidence(criterion="C2", status="failed", check="browser", tests=("s.yaml::test_c2_clicks",)),
    )

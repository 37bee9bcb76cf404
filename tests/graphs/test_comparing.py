"""Who is asked to mend a fault: whoever wrote the test, or whoever repairs the software."""

from __future__ import annotations

import pytest

from slipway.checks.findings import finding
from slipway.graphs.comparing import of_tests
from slipway.state.records import Component, Plan

PAGE = Component(id="page", purpose="Shows it.", files=("index.html",), interface="index.html", depends_on=())
PLAN = Plan(summary="A page.", components=(PAGE,), route="crew", tests=("tests/test_page.py", "scenarios/adding.yaml"))


@pytest.mark.parametrize(
    "check, rule, file, mended_by_tester",
    [
        ("lint", "F401", "tests/test_page.py", True),
        ("tests", "tests/test_page.py::test_c1_adds", "tests/test_page.py", False),
        ("browser", "scenarios/adding.yaml::test_c1_adds", "scenarios/adding.yaml", False),
        ("browser", "exception", "scenarios/adding.yaml", False),
        ("browser", "scenario", "scenarios/adding.yaml", True),
        ("browser", "scenario", "scenarios/of_before.yaml", False),
        ("browser", "link", "index.html", False),
    ],
)
def test_a_test_that_fails_is_no_faulty_test(check: str, rule: str, file: str, mended_by_tester: bool) -> None:
    """The tester does not see the software: it would bend a scenario to what a page does."""
    assert of_tests(finding(check, "is wrong", rule=rule, file=file), PLAN) == mended_by_tester

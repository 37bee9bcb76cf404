"""How much of what a run of tests reports is believed, whatever ran them."""

from __future__ import annotations

from collections.abc import Iterable

from ..state.records import Finding, TestResult
from .findings import finding

AGAIN = 20
"""Red tests that are run again; where more are red, it is not chance."""


def unbelieved(tests: Iterable[TestResult]) -> list[TestResult]:
    """`tests` where their report is not believed: what it calls passed proves nothing."""
    return [each.model_copy(update={"status": "error"}) if each.status == "passed" else each for each in tests]


def flaky(check: str, red: Finding, how: str) -> Finding:
    """The finding in the place of `red`, of a test that failed, and then passed as `how` says."""
    message = f"is flaky: it failed, and passed {how}; nothing it sees may depend on order, time or chance"
    return finding(check, message, rule=red.rule, file=red.file, line=red.line, detail=f"{red.message}\n{red.detail}")

"""What is left out of a report must not look as if it had not been."""

from __future__ import annotations

import json
from pathlib import Path

from slipway.checks.browser.driver.telling import Report


def test_a_full_report_says_so(tmp_path: Path) -> None:
    """Many pages with little on each fill it; many lines of one kind on one page do not: those are like each other."""
    report = Report(tmp_path / "loud")
    for _ in range(9000):
        report.tell("console", "/", text="x" * 5000)
    assert not report.full
    report = Report(tmp_path / "long")
    for page in range(9000):
        report.tell("dialog", f"/{page}")
    assert report.full
    report.tell("full")
    lines = (tmp_path / "long").read_text().splitlines()
    assert (len(lines), json.loads(lines[-1])) == (4001, {"kind": "full", "page": ""})
    loud = [json.loads(line) for line in (tmp_path / "loud").read_text().splitlines()]
    assert loud == [{"kind": "console", "page": "/", "text": "x" * 1000}] * 40

"""A pytest plugin that runs in the sandbox: it writes what was collected and what became of each test, a line each.

It is sent as text beside the project's files, so it may import nothing of ours. What it writes comes from a process in
which the software under test ran, and is read as such.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file to write to."""
    parser.addoption("--slipway-report", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """Start to report."""
    path = config.getoption("--slipway-report")
    assert isinstance(path, Path), "the check always names the file"
    config.pluginmanager.register(Reporter(path))


class Reporter:
    """Writes one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _write(self, **line: Any) -> None:
        with self._path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that could not be collected."""
        if report.failed:
            self._write(kind="collect_error", id=report.nodeid, message=_first(report), detail=report.longreprtext)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """What was found, before any other hook can drop some of it."""
        self._write(kind="found", ids=[item.nodeid for item in items])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What is going to run."""
        self._write(kind="collected", ids=[item.nodeid for item in session.items])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of a test."""
        self._write(
            kind="phase",
            id=report.nodeid,
            when=report.when,
            outcome=report.outcome,
            seconds=report.duration,
            line=(report.location[1] or 0) + 1,
            message=_first(report) if report.failed else "",
            detail=report.longreprtext if report.failed else "",
        )

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """The end; without it the report is not whole."""
        self._write(kind="finished", exit_status=int(exitstatus))


def _first(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message if crash else report.longrepr).strip()
    return text.splitlines()[0] if text else "failed"

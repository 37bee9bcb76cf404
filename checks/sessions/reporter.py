"""A pytest plugin that runs in the sandbox: it tells what was collected and what became of each test, a line each.

It is sent as text, so it may import nothing of ours. What it tells comes from a process in which the software under
test runs, and is read as such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest


class Reporter:
    """Tells one JSON object a line."""

    def __init__(self, tell: Callable[[bytes], None], canaries: frozenset[str]) -> None:
        self._tell = tell
        self._canaries = canaries

    def _write(self, **line: Any) -> None:
        self._tell(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace"))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that could not be collected."""
        if report.failed:
            self._write(kind="collect_error", id=report.nodeid, message=_first(report), detail=report.longreprtext)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: object) -> list[pytest.Item] | None:
        """Collect the canaries, whatever the project calls its own tests."""
        if name.startswith("test_") and callable(obj) and str(collector.path) in self._canaries:
            return [pytest.Function.from_parent(collector, name=name)]
        return None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Iterator[None]:
        """What was found, before any other hook can drop some of it. The canaries stay."""
        self._write(kind="found", ids=[item.nodeid for item in items])
        canaries = [item for item in items if str(item.path) in self._canaries]
        yield
        items += [item for item in canaries if item not in items]

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

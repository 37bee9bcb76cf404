from __future__ import annotations

from collections.abc import Collection, Iterator

from ..sandboxes import ANALYSIS, BASICS
from ..state.records import Finding, Manifest
from .base import Found, Subject, python_files
from .findings import finding
from .scans import Told, scan
from .tests import is_test_file, is_testing

_ENOUGH = 0.8
_FEW = 3
"""Lines that may be missed anywhere: what starts a program is two."""
_HINT = "write a test for what these lines do, or remove them if nothing needs them"


class Coverage:
    """The project's tests execute most lines of each of its Python files; advice only (decision 0032).

    The tests run once more for it, apart from those that are believed.
    """

    name = "coverage"
    blocking = False
    needs = (BASICS, ANALYSIS)
    seconds = 300.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them where there are tests, and something that they could execute: a test may read any."""
        return manifest if _measured(manifest) and _tests(manifest) else ()

    async def run(self, subject: Subject) -> Found:
        """Run the tests under coverage.py, and name the files of which they miss much."""
        files, tests = _measured(subject.manifest), _tests(subject.manifest)
        request = {"files": files, "tests": tests, "tools": ANALYSIS.place}
        told = await scan(subject.sandbox, "by_coverage", request, seconds=self.seconds - 10)
        return Found(list(_findings(self.name, told)))


def _measured(manifest: Manifest) -> list[str]:
    return [path for path in python_files(manifest) if not is_testing(path)]


def _tests(manifest: Manifest) -> list[str]:
    return [path for path in python_files(manifest) if is_test_file(path)]


def _findings(check: str, told: list[Told]) -> Iterator[Finding]:
    for each in told:
        executed, lines = map(int, each.grade.split("/"))
        if executed >= _ENOUGH * lines or lines - executed < _FEW:
            continue
        yield finding(
            check, f"the tests execute less than {_ENOUGH:.0%} of its lines", rule="uncovered", file=each.file,
            line=each.line, severity="warning", hint=_HINT,
            detail=f"{100 * executed // lines} %, {executed} of {lines}; not {each.message}",
        )  # fmt: skip

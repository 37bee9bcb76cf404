from __future__ import annotations

from collections.abc import Collection, Mapping

from ..sandboxes import BASICS, FileContent
from ..state.records import Manifest
from .base import Found, Subject
from .findings import finding
from .skeleton import passes_on_base


class Regressions:
    """Tests of before the run still pass as they were then, though their files have been rewritten since.

    A regression is hidden by a test that is rewritten to expect it.
    """

    name = "regressions"
    blocking = True
    needs = (BASICS,)
    seconds = 900.0

    def __init__(self, before: Mapping[str, FileContent], passed: Collection[str]) -> None:
        """`before`: the rewritten test files as they were; `passed`: the ids of their tests that have to pass."""
        self._before = before
        self._passed = passed

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All of them: a test may read any."""
        return manifest

    async def run(self, subject: Subject) -> Found:
        """Run the tests as they were, on the code as it is."""
        await subject.sandbox.write(self._before)
        passing = await passes_on_base(subject.sandbox, sorted(self._before))
        said = (
            "it passed before this run, and as it was then it fails on the new code; mend the code: a test may come to "
            "expect something else only where the plan says that the request outdates it"
        )
        return Found([
            finding(self.name, said, rule=test, file=test.partition("::")[0])
            for test in sorted(set(self._passed) - set(passing))
        ])  # fmt: skip

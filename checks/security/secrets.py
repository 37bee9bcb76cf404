from __future__ import annotations

from collections.abc import Collection

from ...sandboxes import ANALYSIS, BASICS
from ...state.records import Finding, Manifest
from ..base import Found, Subject
from ..findings import finding, worst
from ..scans import Told, scan
from ..tests import is_testing

_LOCKS = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "uv.lock", "poetry.lock", "Pipfile.lock", ".map")
_HINT = (
    "read it from the environment, leave it without a default, and name it in the README; who has seen it may use it"
)


class Secrets:
    """No text of the project holds a secret: no key in a known format, no value of that kind under a telling name.

    In tests only what has a known format counts. What is found is never repeated.
    """

    name = "secrets"
    blocking = True
    needs = (BASICS, ANALYSIS)
    seconds = 60.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """All but lists of digests."""
        return sorted(path for path in manifest if not path.endswith(_LOCKS))

    async def run(self, subject: Subject) -> Found:
        """Search them line by line."""
        request = {"files": self.inputs(subject.manifest), "tools": ANALYSIS.place}
        told = await scan(subject.sandbox, "by_detect_secrets", request, seconds=self.seconds - 10)
        findings = [_finding(self.name, each) for each in told if each.grade != "likely" or not is_testing(each.file)]
        return Found(worst(findings))


def _finding(check: str, told: Told) -> Finding:
    severity = "warning" if told.grade == "unread" else "error"
    return finding(
        check, told.message, rule=told.rule, file=told.file, line=told.line, detail=told.source, severity=severity,
        hint=_HINT,
    )  # fmt: skip

from __future__ import annotations

from collections.abc import Collection

from ...sandboxes import ANALYSIS, BASICS
from ...state.records import Finding, Manifest, Severity
from ..base import Found, Subject, python_files
from ..findings import finding, worst
from ..scans import Told, scan
from ..tests import is_testing

_SKIPPED = (
    "B105", "B106", "B107",  # passwords in the text: the check `secrets` has them, and does not repeat them
    "B104",  # any text "0.0.0.0": a rule of ours knows where it is bound to
    "B403", "B404", "B405", "B406", "B407", "B408", "B409",  # that a module is imported at all
    "B603", "B606", "B607",  # that a program is started at all
)  # fmt: skip
_ADVICE = frozenset({
    "B108",  # a path below /tmp
    "B113",  # a request without a timeout
    "B301", "B302", "B614", "B615",  # reading one's own pickles and models is what they are for
    "B310",  # any urlopen
    "B312", "B321", "B401", "B402", "B411",  # the request may ask for FTP or XML-RPC
    "B313", "B314", "B315", "B316", "B317", "B318", "B319",  # Python's expat follows no external entity
    "B324",  # a digest of a file is no password; a rule of ours knows those
    "B601", "B605",  # any command over SSH, any that is no literal; rules of ours follow what gets into it
    "B608",  # any text that looks like SQL; likewise
    "B702", "B308",  # any template, any mark_safe
})  # fmt: skip
"""Grave where it matters, and mostly it does not: told, and no error."""
_ONLY_GRAVE = frozenset({"B103"})
"""Permissions: 0o755 is what a program has, 0o777 is a fault."""
_RANKS = {"LOW": 0, "MEDIUM": 1, "HIGH": 2, "UNDEFINED": 0}


class Bandit:
    """bandit finds nothing grave in Python files, under settings of ours, whatever comments say.

    What is of medium severity at least, and medium certainty, is an error; what is left is a warning, and so is all
    that is found in tests.
    """

    name = "bandit"
    blocking = True
    needs = (BASICS, ANALYSIS)
    seconds = 60.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """Its Python files."""
        return python_files(manifest)

    async def run(self, subject: Subject) -> Found:
        """Run bandit over all of them at once."""
        request = {"files": subject.python_files(), "tools": ANALYSIS.place, "skipped": _SKIPPED}
        told = await scan(subject.sandbox, "by_bandit", request, seconds=self.seconds - 10)
        findings = [_finding(self.name, each) for each in told if each.rule != "B101" or not is_testing(each.file)]
        return Found(worst(findings))


def _finding(check: str, told: Told) -> Finding:
    return finding(
        check, told.message, rule=told.rule, file=told.file, line=told.line, detail=told.source,
        severity=_severity(told), hint="do it another way; a comment that hides it changes nothing",
    )  # fmt: skip


def _severity(told: Told) -> Severity:
    severity, certainty = (_RANKS.get(word, 0) for word in told.grade.split("/"))
    least = 2 if told.rule in _ONLY_GRAVE else 1
    grave = severity >= least and certainty >= 1 and told.rule not in _ADVICE
    return "error" if grave and not is_testing(told.file) else "warning"

from __future__ import annotations

import re
from collections.abc import Collection

from ..sandboxes import ANALYSIS, BASICS
from ..sandboxes.profile import PYTHON
from ..state.records import Finding, Manifest
from .base import Found, Subject, python_files
from .findings import finding, worst
from .scans import Told, scan
from .tests import is_testing

_FAULTS = {"syntax", "name-defined", "used-before-def", "call-arg", "abstract", "unused-coroutine"}
"""mypy's codes for what is a fault wherever it stands."""
_BUILT_IN = r'"(?:str|int|float|bool|bytes|complex|(?:list|dict|set|tuple|frozenset)\[[^"|]*\])"'
_SURE = {
    "attr-defined": re.compile(rf'^(?:{_BUILT_IN}|Module(?: "[^"]+")?|"[\w.]+") has no attribute'),
    "operator": re.compile(
        rf"^(?:Unsupported operand types for \S+ \({_BUILT_IN} and {_BUILT_IN}\)|{_BUILT_IN} not callable)"
    ),
    "func-returns-value": re.compile(r'^"\w+" of "(?:list|dict|set|deque|bytearray)" does not return a value'),
}  # fmt: skip
"""Codes of which only what the message says tells whether it is a fault, or what mypy could not follow."""
_LOOSE = re.compile(
    r'^"(?:None|object|TextIO|IO|Sequence|Collection|Iterable|Iterator|Mapping|Container|Sized|Hashable|function)\b|'
    r'^"\w*Mixin\w*"|has no attribute "(?:startfile|getw?che?|kbhit|windll|WinDLL|WinError|oledll)"'
)
"""What mypy infers where values of several types are mixed, or are put there later; and what other systems have."""
_HINT = (
    "make the call or the name agree with what it is called on; where mypy is wrong, say so with an annotation, not "
    "with a comment that hides it"
)


class Types:
    """mypy finds no fault in what is not a test, under settings of ours.

    Code without annotations is looked into too. What blocks would fail as it runs: a name, an attribute or a function
    called otherwise than it is defined; the rest of what mypy says is a warning (decision 0024). Tests are not looked
    at: they run, and call things wrongly on purpose.
    """

    name = "types"
    blocking = True
    needs = (BASICS, ANALYSIS)
    seconds = 120.0

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """Its Python files, tests left out, and stubs beside them."""
        files = [path for path in python_files(manifest) if not is_testing(path)]
        return [*files, *(path for path in manifest if path.endswith(".pyi"))] if files else ()

    async def run(self, subject: Subject) -> Found:
        """Run mypy over all of them at once, with the types of the dependencies that are installed."""
        files = [path for path in subject.python_files() if not is_testing(path)]
        request = {"files": files, "tools": ANALYSIS.place, "packages": PYTHON}
        told = await scan(subject.sandbox, "by_mypy", request, seconds=self.seconds - 30)
        return Found(worst([_finding(self.name, each) for each in told if each.grade != "note"]))


def _finding(check: str, told: Told) -> Finding:
    fault = (
        told.grade == "stopped"
        or told.rule in _FAULTS
        or (
            (known := _SURE.get(told.rule)) is not None
            and known.search(told.message) is not None
            and not _LOOSE.search(told.message)
        )
    )
    return finding(
        check, told.message, rule=told.rule, file=told.file, line=told.line, detail=told.source,
        severity="error" if fault else "warning", hint=_HINT if fault else "",
    )  # fmt: skip

"""Where in the project a program's log says that it failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...sandboxes import WORKSPACE
from ...state.records import Manifest

_PYTHON = re.compile(r'File "([^"\n]+)", line (\d+)')
_NODE = re.compile(r"\bat [^\n]*?(?:file://)?(/[^\s():]+):(\d+):\d+")
_ERROR = re.compile(r"^([\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Iteration)\b[^\n]*)", re.MULTILINE)
_TRACE = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Trace:
    """What an error in a log was, and the last line of the project that it came through."""

    error: str
    file: str | None
    line: int | None


def trace_of(log: str, manifest: Manifest) -> Trace | None:
    """The last error in `log`; None where it shows none."""
    begin = log.rfind(_TRACE)
    if begin >= 0:
        told = log[begin:]
        places = list(_places(_PYTHON, told, manifest))[-1:]
    else:
        told = log
        places = list(_places(_NODE, told, manifest))[:1]
    if begin < 0 and not places:
        return None
    errors = _ERROR.findall(told)
    error = (errors[0] if begin >= 0 else errors[-1]) if errors else "an error without a name"
    file, line = places[0] if places else (None, None)
    return Trace(error.strip(), file, line)


def _places(pattern: re.Pattern[str], text: str, manifest: Manifest) -> Iterator[tuple[str, int]]:
    for path, line in pattern.findall(text):
        own = path.removeprefix(f"{WORKSPACE}/").removeprefix("./")
        if own in manifest:
            yield own, int(line)

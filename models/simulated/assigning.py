"""What a prompt asks for: which files are to be written, or that something is to be repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .known import Known
from .reading import running
from .scene import sentences

_FENCED = re.compile(r"<data\b.*?</data>|```.*?```", re.DOTALL)
_ASSIGNS = re.compile(r"\b(write|owns?|implement|create|code in|tests in)\b", re.IGNORECASE)

_ALL_CODE = re.compile(r"\bwrite the code\b|\bthe code and\b", re.IGNORECASE)
"""Said beside tests: the code has to be written, too, all of it."""
_LONG = 600
"""Characters beyond which a sentence is none, but a listing."""


@dataclass(frozen=True)
class Assigned:
    """What is to be done."""

    code: tuple[str, ...] = ()
    """Files to be written."""
    tests: tuple[str, ...] = ()
    """Test files to be written."""
    repair: bool = False
    """What is there is to be repaired, and nothing written."""
    since: int = 0
    """The message that says so."""

    @property
    def part(self) -> str:
        """What is played: `code`, `test`, `repair`, or `all` of it."""
        if self.repair:
            return "repair"
        return "all" if self.code and self.tests else "code" if self.code else "test"


def assigned(known: Known) -> Assigned:
    """The newest work that is given out: the files named where that is said, or what was shown to fail.

    Whoever is shown failing tests and told of no file is to repair; whoever is told of neither does it all.
    """
    scene, messages = known.scene, known.prompt.messages
    for number in range(len(messages) - 1, -1, -1):
        if messages[number].role != "user":
            continue
        told = _told(known, number)
        if told:
            code, tests = (tuple(path for path in paths if path in told) for paths in (scene.code, scene.tests))
            return Assigned(code, tests, since=number)
        if known.tells_failures(number):
            return Assigned(repair=True, since=number)
    return Assigned(scene.code, scene.open_tests)


def _told(known: Known, number: int) -> set[str]:
    """The files named in a message's sentences that give out work; what the person asked for gives out none."""
    scene, asked = known.scene, running(known.scene.step.request)
    text = _FENCED.sub(" ", known.prompt.messages[number].text)
    found: set[str] = set()
    for sentence in map(running, sentences(text)):
        if len(sentence) <= _LONG and _ASSIGNS.search(sentence) and sentence not in asked:
            named = {path for path in (*scene.code, *scene.tests) if _names(sentence, path)}
            found |= named
            if named and named.isdisjoint(scene.code) and _ALL_CODE.search(sentence):
                found |= set(scene.code)
    return found


def _names(sentence: str, path: str) -> bool:
    return re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w/-])", sentence) is not None

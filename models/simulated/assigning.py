"""What a prompt asks for: which files are to be written, or that something is to be repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .known import Known
from .reading import instructs, running
from .scene import sentences

_FENCED = re.compile(r"<data\b.*?</data>|```.*?```", re.DOTALL)
_ASSIGNS = re.compile(r"\b(write|owns?|implement|create|code in|tests in)\b", re.IGNORECASE)

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

    @property
    def part(self) -> str:
        """What is played: `code`, `test`, `repair`, or `all` of it."""
        if self.repair:
            return "repair"
        return "all" if self.code and self.tests else "code" if self.code else "test"


def assigned(known: Known) -> Assigned:
    """What the prompt says before the first reply: the files named where work is given out, else what follows.

    Whoever is shown failing tests and told of no file is to repair; whoever is told of neither is to do it all.
    """
    scene, prompt = known.scene, known.prompt
    told = _told(known)
    if told:
        code, tests = (tuple(path for path in paths if path in told) for paths in (scene.code, scene.tests))
        return Assigned(code, tests)
    if any(failure.message < prompt.first_reply for failure in known.failures.values()):
        return Assigned(repair=True)
    return Assigned(scene.code, scene.open_tests)


def _told(known: Known) -> set[str]:
    """The files named in sentences that give out work; what the person asked for gives out none."""
    scene, asked = known.scene, running(known.scene.step.request)
    messages = known.prompt.messages[: known.prompt.first_reply]
    text = "\n\n".join(_FENCED.sub(" ", message.text) for message in messages if instructs(message))
    found: set[str] = set()
    for sentence in map(running, sentences(text)):
        if len(sentence) <= _LONG and _ASSIGNS.search(sentence) and sentence not in asked:
            found |= {path for path in (*scene.code, *scene.tests) if _names(sentence, path)}
    return found


def _names(sentence: str, path: str) -> bool:
    return re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w/-])", sentence) is not None

"""What a prompt lets the simulated developer know of one request of a task."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ...config.task import Bug
from .reading import Prompt, plain, running
from .scene import Scene

_RED = re.compile(r"\b(?:[1-9]\d*) (?:failed|errors?)\b|\bFAILED\b|: (?:failed|error)\b")
_GREEN = re.compile(r"\b[1-9]\d*(?: of \d+ tests)? passed\b|: passed\b")
_NONE = re.compile(r"\bno tests (?:ran|collected)\b")
_ERROR = re.compile(r"\b[A-Z]\w*(?:Error|Exception)\b|\bassert\b|^E\s")
_FAR = 40
"""Lines behind a failing test's name in which its error is looked for."""
_ENOUGH = 0.5
"""The share of a file's own lines from which it counts as seen."""
_ALL = 0.85
"""The share of its lines from which all of a file counts as seen: some may be wrong."""
_SHORT = 9
"""Characters below which a line tells nothing of which file it is of."""


@dataclass(frozen=True)
class Sighting:
    """The newest that was seen of a spot."""

    variant: int
    """0: right; else which of the wrong texts stands there."""
    message: int
    """The message in which it stands."""
    changes: int
    """How often it was seen to change."""


@dataclass(frozen=True)
class Failure:
    """The newest that was seen of a failing test."""

    message: int
    error: bool
    """Whether its error is there, too."""


class Known:
    """What `prompt` tells of `scene`, and nothing else."""

    def __init__(self, scene: Scene, prompt: Prompt) -> None:
        self.scene = scene
        self.prompt = prompt

    def requirement(self, name: str) -> bool:
        """Whether the sentence that says it is there."""
        return running(self.scene.requirements[name]) in self.prompt.words

    def interface(self, bug: Bug) -> bool:
        """Whether what its code calls of another file is told, or can be seen."""
        called = re.findall(r"\b(\w+)\(", bug.old)
        offered = self.scene.signatures(bug.interface)
        told = self.prompt.words.replace(" ", "").replace("(self,", "(").replace("(self)", "()")
        used = [f"({offered[name]})" for name in called if name in offered]
        return self.seen(bug.interface) or (bool(used) and all(parameters in told for parameters in used))

    def seen(self, path: str) -> bool:
        """Whether the file is there, as it should be or as it was."""
        return self.written(path) or (path in self.scene.before and self._share(self._old(path)) >= _ENOUGH)

    def whole(self, path: str) -> bool:
        """Whether all of the file is there, so that looking at it again would tell nothing."""
        versions = [files[path] for files in (self.scene.before, self.scene.after) if path in files]
        return any(self._share(frozenset(_telling(data))) >= _ALL for data in versions)

    def written(self, path: str) -> bool:
        """Whether what had to be written into the file is there."""
        new = set(_telling(self.scene.after[path])) - set(_telling(self.scene.before.get(path, b"")))
        return self._share(frozenset(new)) >= _ENOUGH

    def named(self, path: str) -> bool:
        """Whether the file is spoken of."""
        return path in self.prompt.words

    @cached_property
    def sightings(self) -> dict[str, Sighting]:
        """The spots of bugs that were seen, by the bugs' ids."""
        seen = ((name, self._sighting(name)) for name in self.scene.spots)
        return {name: sighting for name, sighting in seen if sighting is not None}

    def _sighting(self, name: str) -> Sighting | None:
        windows = self.scene.spots[name].windows
        places = [(place, number) for number, window in enumerate(windows) for place in self.prompt.places(window)]
        if not places:
            return None
        found = sorted((self._age(place), number) for place, number in places)
        variants = [number for _, number in found]
        changes = sum(before != after for before, after in pairwise(variants))
        return Sighting(variants[-1], found[-1][0][0], changes)

    def _age(self, place: int) -> tuple[int, bool, int]:
        """Later is newer; in one message a listing is newer than any patch."""
        line = self.prompt.lines[place]
        return line.message, not line.patch, place

    @cached_property
    def failures(self) -> dict[str, Failure]:
        """The newest of each test that was seen to fail, by name."""
        newest: dict[str, Failure] = {}
        for (_, name), failure in sorted(self._failures.items()):
            newest[name] = failure
        return newest

    def tells_failures(self, message: int) -> bool:
        """Whether a message says that tests failed."""
        return any(at == message for at, _ in self._failures)

    @cached_property
    def _failures(self) -> dict[tuple[int, str], Failure]:
        """What each message says of each test that failed."""
        found: dict[tuple[int, str], Failure] = {}
        lines, names = self.prompt.lines, self.scene.known_tests
        for place, line in enumerate(lines):
            if self.prompt.messages[line.message].role == "assistant" or line.text.startswith(("def ", "async def ")):
                continue
            for name in _WORD.findall(line.text):
                if name not in names or " PASSED" in line.text:
                    continue
                before = found.get((line.message, name))
                error = self._error_behind(place) or (before is not None and before.error)
                found[line.message, name] = Failure(line.message, error)
        return found

    def _error_behind(self, place: int) -> bool:
        lines = self.prompt.lines
        for line in lines[place : place + _FAR]:
            if line is not lines[place] and (line.message != lines[place].message or self._heads(line.text)):
                return False
            if _ERROR.search(line.text):
                return True
        return False

    def _heads(self, text: str) -> bool:
        """Whether another test's part of a report begins there."""
        return any(name in self.scene.known_tests for name in _WORD.findall(text)) and not text.startswith("def ")

    @cached_property
    def result(self) -> Result:
        """The newest report of tests or checks, as far as it came after all that was changed."""
        for number in range(len(self.prompt.messages) - 1, -1, -1):
            if self.prompt.messages[number].role in ("tool", "user"):
                kind = _kind(self.prompt.text(number))
                if kind is not None:
                    return Result(kind, number)
        return Result("none", -1)

    def _share(self, telling: frozenset[str]) -> float:
        return sum(map(self.prompt.has, telling)) / len(telling) if telling else 0.0

    def _old(self, path: str) -> frozenset[str]:
        return frozenset(_telling(self.scene.before[path]))


_WORD = re.compile(r"\btest_\w+")


@dataclass(frozen=True)
class Result:
    """What a report says."""

    kind: str
    """`green`, `red`, `empty` (nothing was there to be run), or `none`: there is no report."""
    message: int


def _kind(text: str) -> str | None:
    if _RED.search(text):
        return "red"
    if _GREEN.search(text):
        return "green"
    return "empty" if _NONE.search(text) else None


def _telling(data: bytes) -> list[str]:
    return [line for line in plain(data.decode("utf-8", "replace")) if len(line) >= _SHORT]

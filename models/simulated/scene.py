"""One request of a task as the simulated developer knows it: what is right, what it may get wrong, what tells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...config.task import Bug, Files, Task
from ...config.tasking import standing
from .chance import shuffled
from .reading import plain

_CRITERION = re.compile(r"test_(c\d+)_")
_HELD_OUT = "test_held_out"


@dataclass(frozen=True)
class Test:
    """A test of the reference."""

    name: str
    file: str
    criterion: str
    """Its id; empty where its name tells none."""
    first: int
    last: int
    """Its lines in the file, from 1; decorators are among them."""


@dataclass(frozen=True)
class Spot:
    """Where a bug may be in its file: what surrounds it, and every text that may stand there."""

    bug: Bug
    above: str
    """The line before it; empty at the file's beginning."""
    below: str
    """The line behind it."""

    @property
    def texts(self) -> tuple[str, ...]:
        """What may stand there: first what is right."""
        return (self.bug.old, self.bug.new, *self.bug.others)

    @cached_property
    def windows(self) -> tuple[tuple[str, ...], ...]:
        """The lines by which each text is recognised, with those around it."""
        return tuple(tuple(plain(self.above + text + self.below)) for text in self.texts)


class Scene:
    """One request of a task, from 0."""

    def __init__(self, task: Task, number: int) -> None:
        self.task = task
        self.number = number
        self.step = task.steps[number]
        self.before: Files = standing(task, number - 1)
        """The project as the request finds it."""
        self.after: Files = standing(task, number)
        """As it should leave it."""

    @cached_property
    def code(self) -> tuple[str, ...]:
        """The files that have to be written, without tests."""
        return tuple(path for path in self.step.reference if not is_test(path))

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """The test files that have to be written."""
        return tuple(path for path in self.step.reference if is_test(path) and path.endswith(".py"))

    @cached_property
    def open_tests(self) -> tuple[str, ...]:
        """Those that a developer writes who was not told which."""
        return tuple(path for path in self.tests if not path.rpartition("/")[2].startswith(_HELD_OUT))

    def text(self, path: str) -> str:
        """What the file should say."""
        return self.after[path].decode("utf-8", "replace")

    @cached_property
    def spots(self) -> dict[str, Spot]:
        """Where each bug may be, by its id; of bugs in files that are written."""
        return {bug.id: _spot(bug, self.text(bug.file)) for bug in self.step.bugs if bug.file in self.code}

    @cached_property
    def known_tests(self) -> dict[str, Test]:
        """Every test of the reference, by its name."""
        paths = [path for path in self.after if is_test(path) and path.endswith(".py")]
        return {test.name: test for path in paths for test in _tests(path, self.text(path))}

    @cached_property
    def requirements(self) -> dict[str, str]:
        """What is required: id -> the sentence that says it. Without a play: each sentence of the request."""
        if self.step.play is None:
            return {f"R{number}": text for number, text in enumerate(sentences(self.step.request), 1)}
        return {each["id"]: each["text"] for each in self.step.play.brief.get("requirements", ())}

    @cached_property
    def requirement_of(self) -> dict[str, str]:
        """The requirement of each criterion."""
        criteria: list[dict[str, Any]] = list(self.step.play.brief.get("criteria", ())) if self.step.play else []
        return {each["id"]: each["requirement"] for each in criteria}

    @cached_property
    def withheld(self) -> frozenset[str]:
        """The requirements that the request does not say, and its person does when asked."""
        said = {answer.text for answer in self.task.answers}
        return frozenset(name for name, text in self.requirements.items() if text in said)

    def chosen(self, seed: int, count: int) -> tuple[Bug, ...]:
        """The bugs that are made while writing, spread over the files; none within two lines of another."""
        plain_kinds = [spot.bug for spot in self.spots.values() if spot.bug.kind not in ("omission", "signature")]
        fixed = [spot.bug for spot in self.spots.values() if spot.bug.kind in ("omission", "signature")]
        queues: dict[str, list[Bug]] = {}
        for name in shuffled(seed, (bug.id for bug in plain_kinds), self.task.id, self.number):
            bug = self.spots[name].bug
            queues.setdefault(bug.file, []).append(bug)
        taken: list[Bug] = []
        while queues and len(taken) < count:
            for file in list(queues):
                bug = queues[file].pop(0)
                if not queues[file]:
                    del queues[file]
                if len(taken) < count and self._apart(bug, [*fixed, *taken]):
                    taken.append(bug)
        return tuple(taken)

    def _apart(self, bug: Bug, others: Sequence[Bug]) -> bool:
        mine = self._reach(bug)
        return not any(other.file == bug.file and set(mine) & set(self._reach(other)) for other in others)

    def _reach(self, bug: Bug) -> range:
        first = self.text(bug.file).partition(bug.old)[0].count("\n")
        return range(first - 2, first + bug.old.count("\n") + 2)

    def signatures(self, path: str) -> dict[str, str]:
        """What a module lets others call: name -> its parameters, without spaces and without `self`."""
        try:
            tree = ast.parse(self.text(path))
        except SyntaxError:
            return {}
        found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        return {node.name: _parameters(node) for node in found}


def is_test(path: str) -> bool:
    """Whether a file holds tests."""
    return path.startswith("tests/") or path.rpartition("/")[2].startswith("test_")


def sentences(text: str) -> list[str]:
    """The sentences of a running text."""
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n\s*\n", text) if part.strip()]


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    names = ast.unparse(node.args).replace(" ", "")
    return re.sub(r"^(self|cls),?", "", names)


def _spot(bug: Bug, text: str) -> Spot:
    before, _, after = text.partition(bug.old)
    lines = 1 if plain(bug.old) and all(plain(each) for each in (bug.new, *bug.others)) else 2
    above = before.splitlines(keepends=True)
    below = after.splitlines(keepends=True)
    return Spot(bug, "".join(_telling(above[::-1], lines)[::-1]), "".join(_telling(below, lines)))


def _telling(lines: Sequence[str], count: int) -> list[str]:
    """The first of `lines` that hold `count` which are not blank."""
    taken: list[str] = []
    for line in lines:
        if count == 0:
            break
        taken.append(line)
        count -= bool(plain(line))
    return taken


def _tests(path: str, text: str) -> Iterator[Test]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found = _CRITERION.match(node.name)
            yield Test(node.name, path, found[1].upper() if found else "", first, node.end_lineno or node.lineno)

"""The simulated developer: it plays every role, and can do a thing only when the prompt in front of it has the facts.

What it says follows from the prompt, the tools and the seed. It never knows who asks: which work is wanted is read from
the prompt, which tools there are from their schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...config.task import Suite, Task
from ..endpoints import Message, Tool, ToolCall
from .assigning import Assigned, assigned
from .known import Known
from .options import Options
from .planning import filled, schema_in
from .reading import Prompt, instructs
from .repairing import repair
from .scene import Scene
from .toolkit import Toolkit
from .writing import write_code, write_tests

_OPAQUE = re.compile(r"\b[A-Z]-[0-9a-f]{6}\b")
_FINISH = re.compile(r"\becho [A-Z][A-Z_]{7,}\w*")
"""A command that a prompt names for saying that all is done."""

Miss = tuple[str, str]
"""A fact that was missing: its kind (`task`, `requirement`, `interface`, `source`, `failure`, `error`), and of what."""


@dataclass(frozen=True)
class Turn:
    """What the developer does next."""

    text: str = ""
    acts: tuple[ToolCall, ...] = ()
    part: str = ""
    """What it plays: `plan`, `code`, `test`, `all`, `repair`; empty where it does not know what is wanted."""
    task: str = ""
    misses: tuple[Miss, ...] = ()
    json: dict[str, Any] | None = None
    """A plan, in the place of a text."""


class Developer:
    """Answers prompts about the tasks of a suite."""

    def __init__(self, suite: Suite) -> None:
        self._tasks = {task.opaque: task for task in suite.tasks}
        self._scenes: dict[tuple[str, int], Scene] = {}

    def turn(
        self,
        messages: Sequence[Message],
        tools: Iterable[Tool],
        options: Options,
        response_format: dict[str, Any] | None = None,
    ) -> Turn:
        """The next turn of a conversation. `response_format`: the JSON schema that the answer must have."""
        prompt, toolkit = Prompt(messages), Toolkit(tools)
        scene = self._scene(prompt)
        if scene is None:
            return Turn("I do not know what is wanted: nothing here says which task this is.", misses=(("task", ""),))
        known = Known(scene, prompt)
        schema = None if toolkit.tools else schema_in(prompt, response_format)
        if schema is not None:
            return _planned(known, schema)
        return _Work(known, toolkit, options, assigned(known)).turn()

    def _scene(self, prompt: Prompt) -> Scene | None:
        """The task that the prompt is about: the one that it names last; of a sequence the request that it says."""
        named = [self._tasks[name] for name in _OPAQUE.findall(prompt.words) if name in self._tasks]
        if not named:
            return None
        scenes = [self._at(named[-1], number) for number in range(len(named[-1].steps))]
        return max(scenes, key=lambda scene: (_said(scene, prompt), scene.number))

    def _at(self, task: Task, number: int) -> Scene:
        return self._scenes.setdefault((task.id, number), Scene(task, number))


def _said(scene: Scene, prompt: Prompt) -> float:
    """The share of what a request requires that the prompt says."""
    known = Known(scene, prompt)
    names = scene.requirements
    return sum(map(known.requirement, names)) / len(names) if names else 0.0


def _planned(known: Known, schema: dict[str, Any]) -> Turn:
    lost = [name for name in known.scene.requirements if not known.requirement(name)]
    misses = tuple(("requirement", name) for name in lost if name not in known.scene.withheld)
    return Turn(part="plan", task=known.scene.task.id, misses=misses, json=filled(known, schema))


@dataclass
class _Work:
    """One turn of a developer at work."""

    known: Known
    tools: Toolkit
    options: Options
    assigned: Assigned
    misses: list[Miss] = field(default_factory=list[Miss])

    def turn(self) -> Turn:
        acts = self._acts()
        if not acts:
            return self._turn(self._farewell(), self._finish())
        return self._turn("", acts)

    def _turn(self, text: str, acts: tuple[ToolCall, ...]) -> Turn:
        part = self.assigned.part
        return Turn(text, acts, part, self.known.scene.task.id, tuple(dict.fromkeys(self.misses)))

    def _acts(self) -> tuple[ToolCall, ...]:
        """What is to be done next: look, write, see whether it works, repair; nothing where all is well, or lost."""
        if not self.tools.tools:
            return ()
        if looking := self._look():
            return looking
        if writing := self._write():
            return writing
        if self.assigned.part == "test":
            return ()  # there may be nothing yet that they could be tried on
        if repairing := self._repair():
            return repairing
        return _some(self.tools.check()) if self._untried() else ()

    def _look(self) -> tuple[ToolCall, ...]:
        """Look at what is to be changed, once it is known that it is there."""
        scene, known = self.known.scene, self.known
        there = [path for path in self.assigned.code if path in scene.before]
        dark = [path for path in there if not known.seen(path)]
        if not dark:
            return ()
        if not any(map(known.named, dark)) and self.assigned.since + 1 == len(known.prompt.messages):
            return _some(self.tools.list())
        return _some(self.tools.read(dark))

    def _write(self) -> tuple[ToolCall, ...]:
        acts: list[ToolCall] = []
        for path in (*self.assigned.code, *self.assigned.tests):
            if len(acts) == self.options.acts or self._is_written(path):
                continue
            make = write_code if path in self.assigned.code else write_tests
            made = make(self.known, path, self.options)
            self.misses += made.misses
            acts += _some(self.tools.write(path, made.text))
        return tuple(acts)

    def _is_written(self, path: str) -> bool:
        """Whether it was written since that was asked for; what was there before is written anew."""
        messages = self.known.prompt.messages[self.assigned.since :]
        calls = (call for message in messages for call in message.tool_calls)
        return any(self.tools.is_change(call, path) for call in calls)

    def _untried(self) -> bool:
        """Whether nothing was run since the last change that was made here."""
        changed = self._last_change()
        return changed >= 0 and self.known.result.message < changed

    def _last_change(self) -> int:
        messages = self.known.prompt.messages
        for number in range(len(messages) - 1, -1, -1):
            if any(self.tools.is_change(call) for call in messages[number].tool_calls):
                return number
        return -1

    def _repair(self) -> tuple[ToolCall, ...]:
        if self.known.result.kind == "green" or not self.tools.changes:
            return ()
        doing = repair(self.known, self.tools, self.options, self.assigned.code or self.known.scene.code)
        if doing is None:
            return ()
        self.misses += doing.misses
        return _some(doing.act)

    def _finish(self) -> tuple[ToolCall, ...]:
        """The command by which the prompt wants to be told that all is done."""
        said = (_FINISH.search(message.text) for message in self.known.prompt.messages if instructs(message))
        found = next(filter(None, said), None)
        return _some(self.tools.run(found[0])) if found else ()

    def _farewell(self) -> str:
        wrong = [name for name, seen in self.known.sightings.items() if seen.variant > 0]
        if self.known.result.kind != "red":
            self.misses += [("failure", name) for name in wrong]
            return "It is done; what was run is green." if self.known.result.kind == "green" else "It is written."
        return "Something is still wrong, and what I was shown does not tell me what."


def _some(act: ToolCall | None) -> tuple[ToolCall, ...]:
    return () if act is None else (act,)

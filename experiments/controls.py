"""Bounds between which every orchestration of the simulated developer must lie.

With `perfect` context it is shown all that there is to know: request, interfaces, every file, what fails and what was
tried, and nothing else. With `random` context it is shown as much that has nothing to do with it. An instrument that
does badly with the first or well with the second measures something else than what context is worth.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..config.task import Suite, Task
from ..models.endpoints import Message, PastCall, Tool, ToolCall
from ..models.simulated import Options
from ..models.simulated.chance import shuffled
from ..models.simulated.developer import Developer
from ..sandboxes import Command
from .tasks.trying import Grounds, Trial

Context = Literal["perfect", "random"]

ROUNDS = 8
"""How often it is shown what fails."""
_ACTS = 40
"""Replies to one prompt."""
_TEXT: dict[str, Any] = {"type": "string"}
_TOOLS = (
    Tool("write", "Write a file.", {"properties": {"path": _TEXT, "content": _TEXT}, "required": ["path", "content"]}),
    Tool("edit", "Edit a file.", {"properties": {"path": _TEXT, "old": _TEXT, "new": _TEXT}, "required": ["path"]}),
)

Texts = dict[str, str]
"""Path -> what the file says."""


@dataclass(frozen=True)
class Bounded:
    """How one control ended."""

    accepted: bool
    """By the hidden check of every request."""
    rounds: int
    """How often it was shown what fails, over all requests."""


@dataclass
class _Project:
    """What stands there, and what stood there before each round."""

    texts: Texts
    past: list[Texts]

    def apply(self, act: ToolCall) -> None:
        path, arguments = str(act.arguments["path"]), act.arguments
        if "content" in arguments:
            self.texts[path] = str(arguments["content"])
        else:
            self.texts[path] = self.texts[path].replace(str(arguments["old"]), str(arguments["new"]), 1)

    def tried(self) -> str:
        """Every round's changes, as patches."""
        return "\n".join(
            line
            for before, after in zip(self.past, [*self.past[1:], self.texts], strict=True)
            for path in after
            for line in difflib.unified_diff(
                before.get(path, "").splitlines(), after[path].splitlines(), path, path, lineterm=""
            )
        )


async def control(suite: Suite, task: Task, context: Context, options: Options, grounds: Grounds) -> Bounded:
    """Have the simulated developer do `task` with that context; the errors are those of `Grounds.trial`."""
    project, rounds, accepted = _Project(_texts(task.start), []), 0, True
    for number in range(len(task.steps)):
        trial = await grounds.trial(task, number)
        show = _Shown(suite, trial, context, options)
        rounds += await _work(show, project)
        files = {path: text.encode() for path, text in project.texts.items()}
        accepted = accepted and (await trial.accepted(files)).ok
    return Bounded(accepted, rounds)


@dataclass(frozen=True)
class _Shown:
    """What is shown of one request."""

    suite: Suite
    trial: Trial
    context: Context
    options: Options

    def prompt(self, project: _Project, report: str) -> str:
        """All that there is to know; or as much of what has nothing to do with it."""
        task, step = self.trial.task, self.trial.step
        plan = json.dumps(step.play.plan if step.play else {}, indent=1).replace("\\n", "\n")
        answers = [answer.text for answer in task.answers]
        files = [f"{path}:\n{_fenced(text)}" for path, text in project.texts.items()]
        told = "\n\n".join([step.request, *answers, _fenced(plan), *files, _fenced(project.tried()), _fenced(report)])
        return told if self.context == "perfect" else f"{task.opaque}\n{self._noise(len(told), project, report)}"

    def _noise(self, size: int, project: _Project, report: str) -> str:
        others = [task for task in self.suite.tasks if task.id != self.trial.task.id]
        lines = [
            line
            for task in others
            for data in task.steps[0].reference.values()
            for line in data.decode("utf-8", "replace").splitlines()
        ]
        drawn = shuffled(self.options.seed, lines, len(project.past), report[:200])
        text = "\n".join(drawn)
        return (text * (size // max(len(text), 1) + 1))[:size]


async def _work(shown: _Shown, project: _Project) -> int:
    """Write, then repair for as long as tests fail; how often it was told that they do."""
    developer, report = Developer(shown.suite), ""
    for number in range(ROUNDS):
        project.past.append(dict(project.texts))
        _take(developer, shown, project, report)
        failing = await _failing(shown.trial, project.texts)
        if not failing or project.texts == project.past[-1]:
            return number
        report = failing
    return ROUNDS


def _take(developer: Developer, shown: _Shown, project: _Project, report: str) -> None:
    """What the developer does with one prompt."""
    messages = [Message("user", shown.prompt(project, report))]
    for number in range(_ACTS):
        turn = developer.turn(messages, _TOOLS, shown.options)
        if not turn.acts:
            return
        for act in turn.acts:
            project.apply(act)
        messages += _told(number, turn.acts)


def _told(number: int, acts: Sequence[ToolCall]) -> list[Message]:
    calls = tuple(
        PastCall(f"call_{number}_{place}", act.name, json.dumps(act.arguments)) for place, act in enumerate(acts)
    )
    return [Message("assistant", "", calls), *(Message("tool", "done", (), call.id) for call in calls)]


async def _failing(trial: Trial, texts: Texts) -> str:
    """What pytest says of the project with the reference's tests; empty where they pass."""
    files = {path: text.encode() for path, text in texts.items()} | {path: trial.after[path] for path in trial.tests}
    async with trial.workspace(files) as sandbox:
        ran = await sandbox.exec(Command.shell("python -m pytest -q --tb=short", timeout=60))
    return "" if ran.ok else ran.stdout.text


def _fenced(text: str) -> str:
    return f"```\n{text}\n```"


def _texts(files: Mapping[str, bytes]) -> Texts:
    return {path: data.decode("utf-8", "replace") for path, data in files.items()}

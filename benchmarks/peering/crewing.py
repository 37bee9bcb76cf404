"""Slipway as its users run it from Python, with every role asking the simulated developer."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from slipway.config import Lineup, Settings, parse_lineup
from slipway.config.task import Task
from slipway.graphs import start
from slipway.graphs.importing import import_project
from slipway.state import Outcome, ProjectStore, open_state

from .base import SLIPWAY, Left
from .driving import Bounds, laid_out

_NO_PRICE = {"input": 0, "cached": 0, "output": 0}
"""What it costs is counted from tokens, as for everybody."""
_STOPS = {"delivered": "done"}


@dataclass(frozen=True)
class Crew:
    """Slipway; a `Team`."""

    settings: Settings
    bounds: Bounds
    name: str = SLIPWAY

    @asynccontextmanager
    async def at_work(self, task: Task, base_url: str, model: str) -> AsyncGenerator[CrewDesk]:
        """On a project of its own, into which what the task begins with is imported."""
        default = {"model": f"openai:{model}", "base_url": base_url, "price": _NO_PRICE}
        lineup = parse_lineup({"name": SLIPWAY, "default": default}, source="peers")
        desk = CrewDesk(self, task.pack, lineup)
        if task.start:
            await desk.begin(task)
        yield desk

    async def close(self) -> None:
        """Nothing is open between runs."""


class CrewDesk:
    """Slipway at work on one project: every request is a run."""

    def __init__(self, crew: Crew, pack: str, lineup: Lineup) -> None:
        self._crew = crew
        self._pack = pack
        self._lineup = lineup
        self._project: str | None = None

    async def begin(self, task: Task) -> None:
        """Import what the task begins with."""
        with tempfile.TemporaryDirectory(prefix="sw") as folder:
            laid_out(Path(folder) / "project", task.start)
            async with open_state(self._crew.settings) as redis:
                name = f"{task.id[:20]}-{secrets.token_hex(4)}"
                await ProjectStore(redis).create(name)
                source = Path(folder) / "project"
                await import_project(redis, source, project=name, settings=self._crew.settings)
        self._project = name

    async def ask(self, request: str) -> Left:
        """A run; the person has what it delivered, and nothing of what it gave up."""
        bounds, settings = self._crew.bounds, self._crew.settings
        async with start(
            request, project=self._project, lineup=self._lineup, max_steps=bounds.calls, timeout=bounds.seconds,
            pack=self._pack, settings=settings,
        ) as passage:  # fmt: skip
            outcome = await passage.outcome()
        self._project = outcome.project
        files = await self._files(outcome)
        return Left(_stopped(outcome, bounds.calls), outcome.reason, files, outcome.status == "delivered")

    async def _files(self, outcome: Outcome) -> dict[str, bytes] | None:
        if outcome.version is None:
            return None
        async with open_state(self._crew.settings) as redis:
            files = await ProjectStore(redis).files(outcome.project, outcome.version)
        return {path: data for path, (data, _) in files.items()}


def _stopped(outcome: Outcome, calls: int) -> str:
    if outcome.status == "over_budget" and outcome.usage.calls >= calls:
        return "bound"
    return _STOPS.get(outcome.status, outcome.status)

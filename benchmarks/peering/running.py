"""Runs cells: every system on the same tasks under the same seeds, each with a simulated developer of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from slipway.config import Settings
from slipway.config.task import Task
from slipway.experiments.tasks.trying import Grounds, open_grounds
from slipway.models.endpoints import Endpoint, Label, Player
from slipway.sandboxes import SandboxRefusal

from .base import SLIPWAY, Cell, Desk, Left, Leg, Team
from .crewing import Crew
from .driving import Bounds, Peer
from .installing import Environments
from .watching import Watched


@dataclass(frozen=True)
class Plan:
    """What is to be run."""

    tasks: Sequence[Task]
    seeds: Sequence[int]
    systems: Sequence[str]
    tier: str
    options: Mapping[str, str]
    """More of the simulated developer's options, beside the seed."""
    halves: Mapping[str, str]
    """Task -> `seen` or `unseen`."""
    bounds: Bounds
    at_once: int
    environments: Environments
    """Of the peers."""

    def model(self, seed: int) -> str:
        """The name of the simulated developer's model."""
        return f"{self.tier}?{urlencode({'seed': seed, **self.options}, safe='/:,')}"


Told = Callable[[Cell], None]


async def run(plan: Plan, player: Player, settings: Settings, folder: Path, told: Told) -> list[Cell]:
    """All cells of `plan`, in its order; of one task and seed the systems come one after the other.

    `player` plays the simulated developer; in `folder` the peers work; `told` hears of every cell that is done.
    """
    pairs = [(task, seed) for task in plan.tasks for seed in plan.seeds]
    done: dict[tuple[str, int], list[Cell]] = {}
    waiting = iter(pairs)

    async def worker(number: int, grounds: Grounds) -> None:
        async with _teams(plan, settings, folder / str(number)) as teams:
            for task, seed in waiting:
                done[task.id, seed] = []
                for team in teams:
                    cell = await _cell(plan, team, task, seed, player, grounds)
                    done[task.id, seed].append(cell)
                    told(cell)

    async with open_grounds(settings) as grounds, asyncio.TaskGroup() as group:
        for number in range(min(plan.at_once, len(pairs))):
            group.create_task(worker(number, grounds))
    return [cell for task, seed in pairs for cell in done[task.id, seed]]


@asynccontextmanager
async def _teams(plan: Plan, settings: Settings, folder: Path) -> AsyncGenerator[list[Team]]:
    async with AsyncExitStack() as stack:
        teams: list[Team] = []
        for name in plan.systems:
            if name == SLIPWAY:
                teams.append(Crew(settings, plan.bounds))
                continue
            place = folder / name
            place.mkdir(parents=True)
            peer = Peer(name, plan.environments, place, plan.bounds)
            stack.push_async_callback(peer.close)
            teams.append(peer)
        yield teams


async def _cell(plan: Plan, team: Team, task: Task, seed: int, player: Player, grounds: Grounds) -> Cell:
    begun, watched = time.monotonic(), Watched(player)
    legs: list[Leg] = []
    async with _serving(watched) as base_url, team.at_work(task, base_url, plan.model(seed)) as desk:
        for number, step in enumerate(task.steps):
            left = await _asked(desk, step.request)
            accepted = await _accepted(grounds, task, number, left)
            legs.append(Leg(left.stopped, left.said, accepted, left.handed_over, watched.taken()))
    half = plan.halves.get(task.id, "")
    return Cell(team.name, task.id, task.family, seed, half, tuple(legs), time.monotonic() - begun)


async def _asked(desk: Desk, request: str) -> Left:
    try:
        return await desk.ask(request)
    except Exception as error:  # noqa: BLE001 - a loop that breaks has no outcome, and the others go on
        return Left("error", f"{type(error).__name__}: {error}", None, handed_over=False)


async def _accepted(grounds: Grounds, task: Task, number: int, left: Left) -> bool:
    """What the hidden check says, in the project's sandbox: the same for every system."""
    if left.files is None:
        return False
    try:
        return (await (await grounds.trial(task, number)).accepted(left.files)).ok
    except SandboxRefusal:  # more, or larger files than a project may have
        return False


@asynccontextmanager
async def _serving(player: Player) -> AsyncGenerator[str]:
    endpoint = Endpoint(player, Label("simulated", ("simulated",), "peers"))
    await asyncio.to_thread(endpoint.__enter__)
    try:
        yield endpoint.base_url
    finally:
        await asyncio.to_thread(endpoint.__exit__, None, None, None)

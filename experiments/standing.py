"""How an experiment stands, from what is recorded of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis

from ..config import Settings, load_settings
from ..state import RunStore, StateError, UnknownRun, holder_of, open_state
from ..state.keys import RunKeys
from ..state.runs import DAY
from .base import Experiment, Result, Standing, Work
from .cells import charged
from .storing import holder_name, store


class ExperimentHeld(StateError):
    """A process runs the experiment."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"experiment {name!r} is run by {holder}; wait for it, or stop that process")


@dataclass(frozen=True)
class Report:
    """How an experiment stands."""

    experiment: Experiment
    status: Standing
    """As it was said last: one that no process runs, and that is `running`, was killed."""
    results: tuple[Result, ...]
    """Of its cells, in their order, as far as there are any."""
    left_out: int
    """Results of cells that its spec no longer has."""
    under_way: Mapping[str, str]
    """Cells that were begun and are not done, as text, with the run that works on each; empty between two of them."""
    spent_usd: float
    """What all that was ever done under its name was charged, what is under way included."""
    holder: str | None
    """The process that runs it."""

    @property
    def missing(self) -> int:
        """Cells without a result, begun or not."""
        return len(self.experiment.cells) - len(self.results)

    @property
    def errors(self) -> int:
        """Cells that could not be done."""
        return sum(bool(result.error) for result in self.results)

    @property
    def succeeded(self) -> int:
        """Cells whose every request was delivered and accepted."""
        return sum(bool(result.succeeded) for result in self.results)


async def experiment_report(name: str, *, settings: Settings | None = None) -> Report:
    """How an experiment stands. UnknownExperiment."""
    async with open_state(settings or await asyncio.to_thread(load_settings)) as redis:
        return await report_of(redis, name)


async def experiment_results(name: str, *, settings: Settings | None = None) -> tuple[Result, ...]:
    """What came of the cells of an experiment, in their order, as far as they are done. UnknownExperiment.

    A cell that could not be done is there with its `error`; results of cells that the spec no longer has are left out.
    """
    return (await experiment_report(name, settings=settings)).results


async def experiment_names(*, settings: Settings | None = None) -> list[str]:
    """The experiments that there are, newest first."""
    async with open_state(settings or await asyncio.to_thread(load_settings)) as redis:
        return await store(redis).names()


async def remove_experiment(name: str, *, settings: Settings | None = None) -> int:
    """Forget an experiment; its runs, so many, stay for 30 days more, and its projects for good.

    UnknownExperiment; ExperimentHeld where a process runs it.
    """
    async with open_state(settings or await asyncio.to_thread(load_settings)) as redis:
        books, runs = store(redis), RunStore(redis)
        await books.get(name)
        if holder := await holder_of(redis, holder_name(name)):
            raise ExperimentHeld(name, holder)
        results, works = await books.results(name), await books.works(name)
        steps = [step for each in results.values() for step in each.steps]
        steps += [step for each in works.values() for step in each.done]
        kept = 0
        for run in {*(step.run for step in steps), *(work.run for work in works.values() if work.run)}:
            with suppress(UnknownRun):
                await runs.keep(run, 30 * DAY)
                kept += 1
        await redis.delete(RunKeys(holder_name(name)).fence)
        await books.remove(name)
    return kept


async def report_of(redis: Redis, name: str) -> Report:
    """How an experiment stands. UnknownExperiment."""
    books = store(redis)
    experiment = await books.get(name)
    results, works = await books.results(name), await books.works(name)
    cells = {cell.key: cell for cell in experiment.cells}
    return Report(
        experiment=experiment,
        status=cast("Standing", await books.status(name)),
        results=tuple(results[key] for key in cells if key in results),
        left_out=len(results.keys() - cells.keys()),
        under_way={str(cell): works[key].run or "" for key, cell in cells.items() if key in works},
        spent_usd=sum((await charges(redis, results, works)).values()),
        holder=await holder_of(redis, holder_name(name)),
    )


async def charges(redis: Redis, results: Mapping[str, Result], works: Mapping[str, Work]) -> dict[str, float]:
    """USD that each cell was charged by now; of one that is under way, or that is to be gone on with, as well."""
    ended = {cell: result.spent_usd for cell, result in results.items()}
    return ended | {cell: await charged(redis, work) for cell, work in works.items()}

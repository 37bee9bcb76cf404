"""Experiments are run: the cells that are missing, so many at the same time, as long as the budget lasts.

A process that was killed leaves in the records which run works on which cell; the next one goes on with these runs.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from redis.asyncio import Redis

from ..config import Settings, UsageError, load_settings
from ..state import Event, LeaseHeld, StateError, StateLost, StateUnavailable, hold, open_state
from .base import Cell, Experiment, Result, Spec, Standing, Work
from .cells import Bench, Parked, done
from .spec import Design, check_design, designed, parse_spec, read_spec, recorded
from .spending import Purse
from .standing import ExperimentHeld, Report, charges, report_of
from .storing import holder_name, store


class Watcher(Protocol):
    """Is told what happens while an experiment runs."""

    def planned(self, design: Design, results: Mapping[str, Result]) -> None:
        """It is about to begin, with these results (by cell) there; an error here stops it before it spends."""
        ...

    def happened(self, cell: Cell, event: Event) -> None:
        """Something happened in a run of a cell."""
        ...

    def ended(self, result: Result) -> None:
        """A cell is done, or could not be."""
        ...


class Silent:
    """Tells nobody."""

    def planned(self, design: Design, results: Mapping[str, Result]) -> None:
        """Nothing."""

    def happened(self, cell: Cell, event: Event) -> None:
        """Nothing."""

    def ended(self, result: Result) -> None:
        """Nothing."""


async def run_experiment(
    spec: Spec | Mapping[str, object] | str | Path,
    *,
    budget_usd: float | None = None,
    parallel: int | None = None,
    settings: Settings | None = None,
    watcher: Watcher | None = None,
) -> Report:
    """Do the cells of an experiment that are missing, and return how it stands.

    `spec` is a file, a spec, or what stands in one; names in it are relative to the file's folder, or to the working
    directory. `budget_usd` and `parallel` take the place of the spec's. What was done before under its name is not done
    again; what was under way is gone on with. Being cancelled parks what is under way. Before anything is spent:
    ConfigurationError, UsageError, SandboxUnavailable, DependenciesRefused, ExperimentHeld. StateUnavailable and
    StateLost, where it can be run again later.
    """
    settings = settings or await asyncio.to_thread(load_settings)
    read, folder, source = await asyncio.to_thread(_read, spec)
    asked = _with(read, budget_usd, parallel)
    design = await asyncio.to_thread(designed, asked, folder, settings, source=source)
    async with open_state(settings) as redis:
        return await _run(redis, design, watcher or Silent())


async def resume_experiment(
    name: str,
    *,
    budget_usd: float | None = None,
    parallel: int | None = None,
    settings: Settings | None = None,
    watcher: Watcher | None = None,
) -> Report:
    """The same for an experiment that is recorded, as it was run last. UnknownExperiment."""
    settings = settings or await asyncio.to_thread(load_settings)
    async with open_state(settings) as redis:
        found = await store(redis).get(name)
        found = found.model_copy(update={"spec": _with(found.spec, budget_usd, parallel)})
        return await _run(redis, await asyncio.to_thread(recorded, found, settings), watcher or Silent())


def _read(spec: Spec | Mapping[str, object] | str | Path) -> tuple[Spec, Path, str]:
    """The spec, the folder that names in it are relative to, and where it stands."""
    if isinstance(spec, str | Path):
        return *read_spec(spec), str(spec)
    source = "the spec"
    return spec if isinstance(spec, Spec) else parse_spec(spec, source=source), Path.cwd(), source


def _with(spec: Spec, budget: float | None, parallel: int | None) -> Spec:
    given = {"budget_usd": budget, "parallel": parallel}
    for what, number in given.items():
        if number is not None and not 0 < number < math.inf:
            raise UsageError(f"{what} must be more than 0, not {number!r}")
    return spec.model_copy(update={what: number for what, number in given.items() if number is not None})


async def _run(redis: Redis, design: Design, watcher: Watcher) -> Report:
    name, holder = design.spec.name, holder_name(design.spec.name)
    try:
        async with hold(redis, run=holder, project=None):
            await check_design(design)
            await _all(redis, design, watcher)
    except LeaseHeld as held:
        raise ExperimentHeld(name, held.holder) from None
    return await report_of(redis, name)


async def _all(redis: Redis, design: Design, watcher: Watcher) -> None:
    """Do all cells that are missing, and record how the experiment stands then."""
    name, books = design.spec.name, store(redis)
    before = await books.find(name)
    experiment = design.experiment if before is None else _since(design.experiment, before)
    results, works = await books.results(name), await books.works(name)
    watcher.planned(design, results)
    await books.put(name, experiment, created=experiment.created.timestamp(), status="running")
    await books.set_status(name, "running")
    bench = Bench(redis, books, design, watcher.happened)
    purse = Purse(design.spec.budget_usd, await charges(redis, results, works), bench.charged)
    status: Standing = "paused"
    try:
        missing = [cell for cell in experiment.cells if cell.key not in results or results[cell.key].error]
        status = await _Runner(bench, watcher, purse).all(missing, works)
    finally:
        with suppress(StateError):  # then it stays `running` in the records, and nobody holds it
            await asyncio.shield(books.set_status(name, status))


def _since(experiment: Experiment, before: Experiment) -> Experiment:
    return experiment.model_copy(update={"created": before.created})


class _Runner:
    """Does cells, so many at the same time."""

    def __init__(self, bench: Bench, watcher: Watcher, purse: Purse) -> None:
        self._bench = bench
        self._watcher = watcher
        self._purse = purse
        self._parked = False

    async def all(self, cells: Sequence[Cell], works: Mapping[str, Work]) -> Standing:
        """Do `cells`, those that were begun first; return how the experiment stands then."""
        waiting = deque(sorted(cells, key=lambda cell: cell.key not in works))
        running: set[asyncio.Task[None]] = set()
        try:
            while waiting or running:
                while waiting and len(running) < self._bench.design.spec.parallel:
                    if not await self._purse.take(waiting[0].key, self._bench.most(waiting[0])):
                        break  # what is under way may come to less than it may take
                    running.add(asyncio.create_task(self._one(waiting.popleft())))
                if not running:
                    return "over_budget"
                ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        return "paused" if self._parked else "done"

    async def _one(self, cell: Cell) -> None:
        bench = self._bench
        try:
            result = await done(bench, cell)
        except Parked:
            self._parked = True
        except (StateUnavailable, StateLost):
            raise  # nothing can be recorded
        except Exception as error:  # noqa: BLE001 - it is recorded here, and the other cells go on
            result = await bench.failed(cell, error)
            self._watcher.ended(result)
        else:
            self._watcher.ended(result)
        self._purse.settle(cell.key, await bench.charged(cell.key))

"""One cell: an ordinary run for each request of its task, on a project of its own, and the hidden check after each."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from redis.asyncio import Redis

from ..config import ConfigurationError, UsageError
from ..config.task import Step, Task
from ..graphs import Passage, resuming, start
from ..graphs.records import new_run_id
from ..sandboxes import SandboxError
from ..state import EMPTY_VERSION, Event, Outcome, ProjectStore, RunRecord, RunStore, StateError, UnknownRun, hold
from ..state.projects import Import, Imports
from .base import FINAL, Cell, Result, Work
from .judging import judged, spent
from .person import answers
from .seeds import seeded
from .spec import Design
from .storing import Store

_log = logging.getLogger(__name__)

Watch = Callable[[Cell, Event], None]
"""Is told what happens in the runs of a cell."""


class Parked(Exception):
    """Not a failure: a run was told to pause; the cell is gone on with when the experiment is run again."""


class Broken(Exception):
    """A run came to no end that says anything of its line-up: a model or a sandbox that cannot be reached, say."""


_EXPECTED = (Broken, ConfigurationError, UsageError, SandboxError, StateError)


@dataclass(frozen=True)
class Bench:
    """What cells are done with."""

    redis: Redis
    store: Store
    design: Design
    watch: Watch

    @property
    def name(self) -> str:
        """The experiment's."""
        return self.design.spec.name

    def most(self, cell: Cell) -> float | None:
        """USD that the runs of `cell` may take together; None: there is no limit."""
        each = self.design.most_per_run
        return None if each is None else each * len(self.design.tasks[cell.task].steps)

    async def charged(self, cell: str) -> float:
        """USD that a cell was charged by now, done or under way."""
        if work := await self.store.work(self.name, cell):
            return await charged(self.redis, work)
        result = await self.store.result(self.name, cell)
        return result.spent_usd if result else 0.0

    async def begin(self, cell: Cell, work: Work) -> Work:
        """Record what is under way for `cell`, and return it."""
        await self.store.begin(self.name, cell.key, work)
        return work

    async def failed(self, cell: Cell, error: Exception) -> Result:
        """Record that `cell` could not be done; what is under way for it stays."""
        _log.warning("experiment %s, cell %s: %s", self.name, cell, error, exc_info=not isinstance(error, _EXPECTED))
        said = str(error) if isinstance(error, _EXPECTED) else f"{type(error).__name__}: {error}"
        work = await self.store.work(self.name, cell.key)
        result = _result(self.design.tasks[cell.task], cell, work or Work(project=""), said)
        await self.store.fail(self.name, cell.key, result)
        return result


async def done(bench: Bench, cell: Cell) -> Result:
    """Do `cell`, or go on with it, and record what came of it. Parked; Broken, and whatever else a run may meet."""
    task = bench.design.tasks[cell.task]
    work = await bench.store.work(bench.name, cell.key)
    if work is None:
        work = await bench.begin(cell, Work(project=_project(bench.name, cell)))
    await _prepared(bench, work.project, task)
    for step in task.steps[len(work.done) :]:
        if work.done and work.done[-1].status != "delivered":
            break  # there is nothing that the next request could stand on
        work = await _request(bench, cell, task, step, work)
    result = _result(task, cell, work)
    await bench.store.finish(bench.name, cell.key, result)
    return result


def _result(task: Task, cell: Cell, work: Work, error: str = "") -> Result:
    return Result(
        cell=cell,
        requests=len(task.steps),
        steps=work.done,
        cancelled_usd=work.cancelled_usd,
        error=error,
        finished=datetime.now(UTC),
    )


async def charged(redis: Redis, work: Work) -> float:
    """USD that the runs of what is under way for a cell were charged by now."""
    record = await _record(redis, work.run) if work.run else None
    known = sum(result.spent_usd for result in work.done) + work.cancelled_usd
    return known + (await spent(redis, record) if record else 0.0)


async def _request(bench: Bench, cell: Cell, task: Task, step: Step, work: Work) -> Work:
    """Make one request, and judge what came of it."""
    work = await _with_run(bench, cell, work)
    assert work.run is not None, "a request has its run before it begins"
    outcome = await _outcome(bench, cell, task, step, work)
    result = await judged(bench.redis, outcome, task, step, bench.design.settings)
    await RunStore(bench.redis).keep(work.run, None)
    return await bench.begin(cell, work.model_copy(update={"done": (*work.done, result), "run": None}))


async def _with_run(bench: Bench, cell: Cell, work: Work) -> Work:
    """`work` with a run for its next request that is recorded: one that somebody cancelled is not gone on with."""
    record = await _record(bench.redis, work.run) if work.run else None
    if work.run and (record is None or record.status != "cancelled"):
        return work
    lost = await spent(bench.redis, record) if record else 0.0
    update = {"run": new_run_id(), "cancelled_usd": work.cancelled_usd + lost}
    return await bench.begin(cell, work.model_copy(update=update))


async def _outcome(bench: Bench, cell: Cell, task: Task, step: Step, work: Work) -> Outcome:
    """How the run of a request ends, however often it asks its person on the way."""
    run = str(work.run)
    outcome = await _known(bench.redis, run)
    while outcome is None or outcome.status not in FINAL:
        async with await _passage(bench, cell, task, step, work, outcome) as passage:
            async for event in passage:
                bench.watch(cell, event)
            outcome = await passage.outcome()
        if outcome.cause in ("pause", "interrupt"):
            raise Parked(outcome.reason)
        if outcome.status in ("paused", "cancelled"):
            raise Broken(f"run {run} is {outcome.status}: {outcome.reason}")
    return outcome


async def _passage(
    bench: Bench, cell: Cell, task: Task, step: Step, work: Work, outcome: Outcome | None
) -> AbstractAsyncContextManager[Passage]:
    settings = bench.design.settings
    if await _record(bench.redis, str(work.run)) is not None:
        said = answers(outcome.waiting, task.answers) if outcome and outcome.status == "needs_input" else None
        return resuming(str(work.run), answers=said, settings=settings)
    experiment = bench.design.experiment
    return start(
        step.request,
        run=work.run,
        project=work.project,
        lineup=seeded(experiment.lineups[cell.lineup], cell.seed, experiment.suite),
        ask="auto" if task.family == "ambiguous" else "never",
        pack=task.pack,
        labels=labels(bench.name, cell),
        settings=settings,
        **bench.design.spec.limits.model_dump(),
    )


def labels(experiment: str, cell: Cell) -> dict[str, str]:
    """What each run of a cell says of itself, and each of its spans."""
    return {
        "experiment": experiment,
        "lineup": cell.lineup,
        "lineup_digest": cell.lineup_digest,
        "task": cell.task,
        "seed": str(cell.seed),
        "repeat": str(cell.repeat),
    }


async def _known(redis: Redis, run: str) -> Outcome | None:
    """How a run ended or was parked; None where it never began, or was killed since."""
    record = await _record(redis, run)
    return None if record is None or record.status == "running" else await RunStore(redis).outcome(run)


async def _record(redis: Redis, run: str) -> RunRecord | None:
    try:
        return await RunStore(redis).get(run)
    except UnknownRun:
        return None


async def _prepared(bench: Bench, name: str, task: Task) -> None:
    """Make the project `name` what the task begins with, unless it is so already."""
    projects = ProjectStore(bench.redis, bench.design.settings.limits.project_mb << 20)
    await projects.create(name)
    if not task.start or await projects.head(name) != EMPTY_VERSION:
        return
    files = {path: (data, False) for path, data in task.start.items()}
    found = Import(source=f"the task {task.id!r} of the suite {bench.design.experiment.suite!r}", at=datetime.now(UTC))
    async with hold(bench.redis, run=f"import-{secrets.token_hex(6)}", project=name, tenant=None) as fence:
        await Imports(bench.redis, name, projects).add(fence, files, found)


def _project(experiment: str, cell: Cell) -> str:
    return f"cell-{hashlib.sha256(f'{experiment} {cell.key}'.encode()).hexdigest()[:24]}"

"""The doors: a request becomes a run, and a run that was parked or killed goes on.

Each function adds one concern and hands on: `run` waits for what `start` began; `start` checks and records the request,
`resume` finds it; `_pass` takes the lease and opens what is needed; `_drive` runs the graph and judges how it ended.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from opentelemetry.trace import Span, TracerProvider
from redis.asyncio import Redis

from ..config import Lineup, Settings, UsageError, load_lineup, load_settings, secret
from ..models import check_lineup
from ..state import EventStream, Outcome, RunRecord, RunStore, StateLost, StateUnavailable, open_state
from ..state.checkpointer import FENCE_KEY, RedisSaver
from ..state.export import check_target, export
from ..state.records import ENDED, Event, RunStarted
from ..telemetry import failed, names, trace_id
from .build import build
from .failures import EXPECTED, Verdict, judge
from .outcome import outcome_of
from .records import check_request, new_record
from .resources import Resources, new_sandbox, open_resources
from .sharing import shared
from .state import RunContext

_STEPS = 500  # supersteps of a run; a bound on the graph, not on the agents


class Passage:
    """One passage of a run while it goes on: its events, a way to stop it, and its outcome."""

    def __init__(self, run: str, events: EventStream, after: str, task: asyncio.Task[Outcome]) -> None:
        self.run = run
        self._events = events
        self._after = after
        self._task = task
        self._stopped = False

    def stop(self) -> None:
        """Park the run: what is under way is ended, nothing is left running, and `resume` goes on from here."""
        if not self._stopped:
            self._stopped = True
            self._task.cancel()

    async def outcome(self) -> Outcome:
        """How it ended, once everything that it used is closed."""
        return await self._task

    async def __aiter__(self) -> AsyncIterator[Event]:
        """What happens, to the end of the passage."""
        events = self._events.follow(self._after)
        try:
            while True:
                upcoming = asyncio.ensure_future(anext(events, None))
                await asyncio.wait({upcoming, self._task}, return_when=asyncio.FIRST_COMPLETED)
                if self._task.done() and (self._task.cancelled() or self._task.exception()):
                    upcoming.cancel()
                    await asyncio.gather(upcoming, return_exceptions=True)
                    return  # `outcome` raises it
                if (found := await upcoming) is None:
                    return
                yield found[1]
        finally:
            await events.aclose()


@asynccontextmanager
async def start(
    request: str,
    *,
    project: str | None = None,
    lineup: str | Path | Lineup | None = None,
    into: str | Path | None = None,
    max_cost: float | None = None,
    timeout: float | None = None,
    settings: Settings | None = None,
    tracer_provider: TracerProvider | None = None,
) -> AsyncGenerator[Passage]:
    """Begin a run of `request`; leaving the block before its end parks it.

    `project` names the project to work on, a new one where None. `lineup` is a name, a file or a line-up; None is the
    settings'. `into` is a new or empty directory for the delivered files. `max_cost` is in USD, `timeout` in seconds.
    UsageError, ConfigurationError, StateUnavailable and SandboxUnavailable are raised before anything was spent.
    """
    settings = settings or await asyncio.to_thread(load_settings)
    cap = max_cost if max_cost is not None else settings.limits.max_cost_usd
    check_request(request, project)
    _check_limits(cap, timeout)
    target = await asyncio.to_thread(check_target, into) if into is not None else None
    chosen = await asyncio.to_thread(_checked_lineup, lineup or settings.lineup, cap)
    async with open_state(settings) as redis:
        await (await new_sandbox(settings)).close()
        record = await new_record(
            redis, request, lineup=chosen, project=project, into=str(target) if target else None, max_cost_usd=cap
        )
        async with _passage(redis, record, settings, timeout, tracer_provider) as passage:
            yield passage


@asynccontextmanager
async def resuming(
    run: str,
    *,
    max_cost: float | None = None,
    timeout: float | None = None,
    settings: Settings | None = None,
    tracer_provider: TracerProvider | None = None,
) -> AsyncGenerator[Passage]:
    """Go on with a run that was parked or killed, from its newest checkpoint; answered calls are not made again.

    UnknownRun, LeaseHeld where another process runs it, UsageError where it has ended. `max_cost` raises its limit.
    """
    settings = settings or await asyncio.to_thread(load_settings)
    _check_limits(max_cost, timeout)
    async with open_state(settings) as redis:
        record = await RunStore(redis).get(run)
        if record.status in ENDED:
            raise UsageError(f"run {run!r} has ended: {record.status}; look at it with `slipway show {run}`")
        if record.adopted:
            raise UsageError(f"run {run!r} belongs to the platform that runs its graph; go on with it there")
        if max_cost is not None:
            record = record.model_copy(update={"max_cost_usd": max_cost})
        await asyncio.to_thread(check_lineup, record.lineup, secret, record.max_cost_usd)
        async with _passage(redis, record, settings, timeout, tracer_provider) as passage:
            yield passage


async def run(request: str, **options: Any) -> Outcome:
    """Build what `request` asks for, and return how that ended. The options are those of `start`."""
    async with start(request, **options) as passage:
        return await passage.outcome()


async def resume(run_id: str, **options: Any) -> Outcome:
    """Go on with a parked or killed run, and return how that ended. The options are those of `resuming`."""
    async with resuming(run_id, **options) as passage:
        return await passage.outcome()


async def stream(request: str, **options: Any) -> AsyncIterator[Event]:
    """Build what `request` asks for, and yield what happens; the last event holds the outcome."""
    async with start(request, **options) as passage:
        async for event in passage:
            yield event
        await passage.outcome()


def run_sync(request: str, **options: Any) -> Outcome:
    """`run`, for callers without an event loop."""
    return asyncio.run(run(request, **options))


def resume_sync(run_id: str, **options: Any) -> Outcome:
    """`resume`, for callers without an event loop."""
    return asyncio.run(resume(run_id, **options))


def _check_limits(max_cost: float | None, timeout: float | None) -> None:
    for what, number in (("max_cost", max_cost), ("timeout", timeout)):
        if number is not None and not 0 < number < math.inf:
            raise UsageError(f"{what} must be more than 0, not {number!r}")


def _checked_lineup(lineup: str | Path | Lineup, max_cost: float | None) -> Lineup:
    chosen = lineup if isinstance(lineup, Lineup) else load_lineup(str(lineup))
    check_lineup(chosen, secret, max_cost)
    return chosen


@asynccontextmanager
async def _passage(
    redis: Redis, record: RunRecord, settings: Settings, timeout: float | None, provider: TracerProvider | None
) -> AsyncGenerator[Passage]:
    events = EventStream(redis, record.id)
    after = await events.newest()
    limit = timeout if timeout is not None else settings.limits.timeout
    task = asyncio.create_task(_pass(redis, record, settings, limit, provider))
    try:
        yield Passage(record.id, events, after, task)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _pass(
    redis: Redis, record: RunRecord, settings: Settings, timeout: float | None, provider: TracerProvider | None
) -> Outcome:
    opener = open_resources(redis, record, settings, provider)
    try:
        return await _traced(redis, record, opener, timeout)
    except StateUnavailable as error:
        raise StateLost(f"{error}: slipway resume {record.id}") from error


async def _traced(
    redis: Redis, record: RunRecord, opener: AbstractAsyncContextManager[Resources], timeout: float | None
) -> Outcome:
    async with shared(record.id, lambda: opener) as resources:
        await resources.runs.set_status(record.id, "running")
        started = RunStarted(
            run=record.id,
            project=record.project,
            request=record.request,
            lineup=record.lineup.name,
            resumed=bool(record.traces),
        )
        await resources.events.append(started)
        with resources.tracer.workflow(record.project, record.traces[-1] if record.traces else None) as span:
            await resources.runs.add_trace(record.id, trace_id(span))
            outcome = await _drive(redis, resources, timeout, span)
            span.set_attribute(names.RUN_STATUS, outcome.status)
            if outcome.status != "delivered":
                failed(span, outcome.reason)
        return outcome


async def _drive(redis: Redis, run: Resources, timeout: float | None, span: Span) -> Outcome:
    started = time.perf_counter()
    graph: Any = build().compile(checkpointer=RedisSaver(redis), name="slipway")
    config = _config(run)
    verdict: Verdict | None = None
    timer = asyncio.timeout(timeout)
    try:
        async with timer:
            await _invoke(graph, config, run)
    except asyncio.CancelledError:
        verdict = Verdict("paused", "interrupt", f"interrupted; go on with: slipway resume {run.record.id}")
    except TimeoutError:
        if not timer.expired():
            raise
        verdict = Verdict("paused", "timeout", f"{timeout:g} s are over; go on with: slipway resume {run.record.id}")
    except EXPECTED as error:
        verdict = judge(error, run.record.id)
    return await _close(graph, config, run, verdict, time.perf_counter() - started, trace_id(span))


async def _invoke(graph: Any, config: RunnableConfig, run: Resources) -> None:
    snapshot = await graph.aget_state(config)
    if snapshot.created_at is not None and not snapshot.next:
        return  # it had ended, and was killed before that was recorded
    fresh = {"request": run.record.request} if snapshot.created_at is None else None
    context = RunContext(fix_rounds=run.settings.limits.fix_rounds)
    await graph.ainvoke(fresh, config, context=context, durability="sync")


async def _close(
    graph: Any, config: RunnableConfig, run: Resources, verdict: Verdict | None, seconds: float, trace: str
) -> Outcome:
    state = (await graph.aget_state(config)).values
    status, cause, reason = verdict or Verdict(state["status"], None, state.get("reason", ""))
    await run.runs.set_seconds(run.record.id, trace, seconds)
    total = await run.runs.seconds(run.record.id)
    if status == "delivered" and run.record.into:
        files = await run.projects.files(run.record.project, state["version"])
        try:
            await asyncio.to_thread(export, files, Path(run.record.into))
        except OSError as error:
            status, cause = "paused", "delivery"
            reason = f"{run.record.into!r} cannot be written: {error}; mend that, then: slipway resume {run.record.id}"
    outcome = await outcome_of(run, state, status=status, cause=cause, reason=reason, seconds=total, trace_id=trace)
    await run.runs.finish(run.record.id, outcome)
    return outcome


def _config(run: Resources) -> RunnableConfig:
    return {
        "configurable": {"thread_id": run.record.id, FENCE_KEY: run.fence.token},
        "max_concurrency": run.settings.limits.parallel,
        "recursion_limit": _STEPS,
    }

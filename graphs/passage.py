"""One passage of a run: from the lease to the outcome.

Each function adds one concern and hands on: `under_way` gives the passage to whoever watches it; `_pass` hears orders,
takes the lease and opens what is needed; `_drive` runs the graph and judges how it ended; `_close` records that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command
from opentelemetry.trace import Span, TracerProvider
from redis.asyncio import Redis

from ..config import Settings
from ..state import (
    PARKED,
    Cancel,
    EventStream,
    Inbox,
    LeaseHeld,
    Outcome,
    Pause,
    RunRecord,
    StateLost,
    StateUnavailable,
    Steer,
    estimate,
)
from ..state.checkpoints import FENCE_KEY, RedisSaver
from ..state.export import export
from ..state.records import Event, Pending, RunStarted
from ..telemetry import failed, names, trace_id
from .build import build
from .closing import ended, record_end, stopped
from .failures import EXPECTED, Verdict, judge
from .limits import Clock, clock_of, noted
from .orders import Halted, Orders, listening, obeyed
from .origins import checkpoint_of, stops_of
from .resources import Resources, open_resources
from .sharing import shared
from .state import RunContext

_CLOSING_SECONDS = 10.0
_STEPS = 500  # supersteps of a run; a bound on the graph, not on the agents


Answers = Mapping[str, Any]
"""What a person decided: interrupt id -> `{"decisions": [...]}`."""


@dataclass(frozen=True)
class Terms:
    """What holds for one passage alone."""

    timeout: float | None
    """Seconds."""
    answers: Answers


class Passage:
    """One passage of a run while it goes on: its events, what it can be told, and its outcome."""

    def __init__(self, redis: Redis, run: str, begun: asyncio.Future[str], task: asyncio.Task[Outcome]) -> None:
        self.run = run
        self._events = EventStream(redis, run)
        self._inbox = Inbox(redis, run)
        self._begun = begun
        self._task = task
        self._stopped = False

    def stop(self) -> None:
        """Park the run: what is under way is ended, nothing is left running, and `resume` goes on from here."""
        if not self._stopped:
            self._stopped = True
            self._task.cancel()

    async def cancel(self, reason: str = "") -> None:
        """End the run for good, as anybody may from outside; `outcome` returns once nothing of it is left. TooLate."""
        await self._inbox.post(Cancel(reason=reason))

    async def pause(self) -> None:
        """Park the run, as anybody may from outside; `outcome` returns once nothing of it is running. TooLate."""
        await self._inbox.post(Pause())

    async def steer(self, text: str) -> None:
        """Give every agent an instruction with its next request, of which the event `Steered` tells. TooLate."""
        await self._inbox.post(Steer(text=text))

    async def outcome(self) -> Outcome:
        """How it ended, once everything that it used is closed."""
        return await self._task

    async def __aiter__(self) -> AsyncIterator[Event]:
        """What happens, to the end of the passage; nothing where it never began, since another process has the run."""
        await asyncio.wait({self._begun, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not self._begun.done():
            return  # `outcome` raises why
        events = self._events.follow(self._begun.result())
        upcoming: asyncio.Future[tuple[str, Event] | None] | None = None
        try:
            while True:
                upcoming = asyncio.ensure_future(anext(events, None))
                await asyncio.wait({upcoming, self._task}, return_when=asyncio.FIRST_COMPLETED)
                if self._task.done() and (self._task.cancelled() or self._task.exception()):
                    return  # `outcome` raises it
                try:
                    found = await upcoming
                except StateUnavailable:  # the run notices, too, and says how to go on
                    await asyncio.wait({self._task})
                    return
                if found is None:
                    return
                yield found[1]
        finally:
            if upcoming is not None:  # whoever follows was cancelled, perhaps
                upcoming.cancel()
                await asyncio.gather(upcoming, return_exceptions=True)
            await events.aclose()


@asynccontextmanager
async def under_way(
    redis: Redis,
    record: RunRecord,
    settings: Settings,
    timeout: float | None,
    provider: TracerProvider | None,
    *,
    answers: Answers | None = None,
) -> AsyncGenerator[Passage]:
    """Go on with `record`, from wherever it stands; leaving the block before its end parks it."""
    limit = timeout if timeout is not None else settings.limits.timeout
    begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    opener = open_resources(redis, record, settings, provider)
    task = asyncio.create_task(_pass(redis, record, opener, Terms(limit, answers or {}), begun))
    try:
        yield Passage(redis, record.id, begun, task)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _pass(
    redis: Redis,
    record: RunRecord,
    opener: AbstractAsyncContextManager[Resources],
    terms: Terms,
    begun: asyncio.Future[str],
) -> Outcome:
    try:
        async with AsyncExitStack() as stack:
            orders = await stack.enter_async_context(listening(redis, record.id))
            try:
                async with orders.heeded():
                    resources = await stack.enter_async_context(shared(record.id, lambda: opener))
            except Halted as halted:  # nothing is open, and the lease is given back
                return await stopped(redis, record, halted.order, _CLOSING_SECONDS)
            except LeaseHeld as held:  # by whoever cancels it, perhaps
                if not isinstance(orders.order, Cancel):
                    raise
                return await stopped(redis, record, orders.order, held.seconds_left)
            if (outcome := await ended(resources)) is not None:
                return outcome
            # From here on what is said of the run is said by this passage.
            begun.set_result(await resources.events.newest())
            return await _traced(redis, resources, terms, orders)
    except StateUnavailable as error:
        raise StateLost(f"{error}: slipway resume {record.id}") from error


async def _traced(redis: Redis, resources: Resources, terms: Terms, orders: Orders) -> Outcome:
    record = resources.record
    await resources.runs.set_status(record.id, "running")
    await resources.runs.set_limits(record.id, record.limits)
    started = RunStarted(
        run=record.id,
        project=record.project,
        request=record.request,
        lineup=record.lineup.name,
        resumed=bool(record.traces),
        estimate=None if record.traces else await estimate(redis, record.project),
        limits=record.limits,
    )
    await resources.events.append(started)
    with resources.tracer.workflow(record.project, record.traces[-1] if record.traces else None) as span:
        await resources.runs.add_trace(record.id, trace_id(span))
        outcome = await _drive(redis, resources, terms, orders, span)
        span.set_attribute(names.RUN_STATUS, outcome.status)
        if outcome.status != "delivered":
            failed(span, outcome.reason)
    return outcome


async def _drive(redis: Redis, run: Resources, terms: Terms, orders: Orders, span: Span) -> Outcome:
    started = time.perf_counter()
    saver = RedisSaver(redis)
    graph: Any = build().compile(checkpointer=saver, name="slipway")
    config = _config(run)
    spent = await run.runs.seconds(run.record.id)
    clock = clock_of(run.record.id, terms.timeout, run.record.limits.seconds, spent)
    async with noted(run.runs, run.record.id, trace_id(span)):
        going = _invoke(graph, saver, config, run, terms.answers)
        verdict = await _judged(going, run.record.id, clock, orders)
    outcome = await _close(graph, config, run, verdict, time.perf_counter() - started, trace_id(span))
    if outcome.status in PARKED and (order := await Inbox(redis, run.record.id).order()):  # it came meanwhile
        state = (await graph.aget_state(config)).values
        return await record_end(run, state, obeyed(order, run.record.id), trace_id(span))
    return outcome


async def _judged(going: Coroutine[Any, Any, None], run: str, clock: Clock, orders: Orders) -> Verdict | None:
    """How what is `going` on leaves the run; None where it came to its end, which the graph's state judges."""
    timer = asyncio.timeout(clock.seconds)
    try:
        async with timer, orders.heeded():
            await going
    except Halted as halted:
        return obeyed(halted.order, run)
    except asyncio.CancelledError:
        return Verdict("paused", "interrupt", f"interrupted; go on with: slipway resume {run}")
    except TimeoutError:
        if not timer.expired():
            raise
        return clock.verdict
    except EXPECTED as error:
        return judge(error, run)
    return None


async def _invoke(graph: Any, saver: RedisSaver, config: RunnableConfig, run: Resources, answers: Answers) -> None:
    snapshot = await graph.aget_state(config)
    origin = run.record.origin
    if snapshot.created_at is None and origin and origin.checkpoint:
        await saver.afork(checkpoint_of(origin), run.record.id)
        snapshot = await graph.aget_state(config)
    # Of the run that it was made of, until it has its own.
    if origin and (held := [value for key in ("report", "talk") if (value := snapshot.values.get(key))]):
        await run.projects.claim(run.record.project, run.record.id, held)
    # `next` leaves out what has finished already but was killed before the checkpoint that says so.
    if snapshot.created_at is not None and not snapshot.tasks:
        return  # it had ended, and was killed before that was recorded
    fresh: Any = {"request": run.record.request} if snapshot.created_at is None else None
    if waiting := {each.id for each in snapshot.interrupts}:
        if not waiting <= answers.keys():
            return  # nothing can go on before a person has answered
        fresh = Command(resume={name: answers[name] for name in waiting})
    await graph.ainvoke(fresh, config, context=_context(run), durability="sync", interrupt_after=stops_of(origin))


def _context(run: Resources) -> RunContext:
    record, lineup, roles = run.record, run.record.lineup, run.record.lineup.roles
    models = {roles[role].model for role in ("architect", "fixer") if role in roles}
    return RunContext(
        fix_rounds=record.fix_rounds,
        mutants=record.mutants,
        ask=record.ask,
        approve=record.approve,
        stronger=len(models) > 1,
        off=list(lineup.off),
        history=lineup.history,
    )


async def _close(
    graph: Any, config: RunnableConfig, run: Resources, verdict: Verdict | None, seconds: float, trace: str
) -> Outcome:
    snapshot = await graph.aget_state(config)
    state, waiting = snapshot.values, waiting_for(snapshot)
    verdict = verdict or _verdict(state, waiting, run.record.id)
    await run.runs.set_seconds(run.record.id, trace, seconds)
    if verdict.status == "delivered" and run.record.into:
        files = await run.projects.files(run.record.project, state["version"])
        try:
            await asyncio.to_thread(export, files, Path(run.record.into))
        except OSError as error:
            said = f"{run.record.into!r} cannot be written: {error}; mend that, then: slipway resume {run.record.id}"
            verdict = Verdict("paused", "delivery", said)
    return await record_end(run, state, verdict, trace, waiting=waiting)


def waiting_for(snapshot: Any) -> tuple[Pending, ...]:
    """What the graph waits for a person to decide."""
    return tuple(Pending(id=each.id, request=each.value) for each in snapshot.interrupts)


def _verdict(state: dict[str, Any], waiting: Sequence[Pending], run: str) -> Verdict:
    if waiting:
        count = sum(len(cast("list[Any]", each.request["action_requests"])) for each in waiting)
        what = "1 decision is" if count == 1 else f"{count} decisions are"
        return Verdict("needs_input", "question", f"{what} up to you: slipway answer {run}")
    if "status" in state:
        return Verdict(state["status"], None, state.get("reason", ""))
    return Verdict("cancelled", "replayed", "stopped once the replayed stage was judged, as asked")


def _config(run: Resources) -> RunnableConfig:
    return {
        "configurable": {"thread_id": run.record.id, FENCE_KEY: run.fence.token},
        "recursion_limit": _STEPS,
    }

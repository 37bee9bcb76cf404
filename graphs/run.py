"""The doors: a request becomes a run, and a run that was parked or killed goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opentelemetry.trace import TracerProvider

from ..config import Lineup, Settings, UsageError, known_secrets, load_lineup, load_settings, secret
from ..config.packing import find_pack
from ..models import check_lineup
from ..state import Inbox, Outcome, RunLimits, RunStore, open_state
from ..state.export import check_target
from ..state.records import ENDED, Event
from .kits import AUTO, NONE, needed
from .limits import Asked, limits_of, raised
from .passage import Answers, Passage, under_way
from .questions import decided, recorded, said
from .records import check_request, new_record
from .resources import asked_roles, check_sandbox
from .state import Approve, Ask


@dataclass(frozen=True)
class Checked:
    """What a new run is given, as it was found to work."""

    lineup: Lineup
    into: Path | None
    limits: RunLimits
    pack: str


async def check_start(
    request: str,
    asked: Asked,
    settings: Settings,
    *,
    project: str | None = None,
    lineup: str | Path | Lineup | None = None,
    into: str | Path | None = None,
    pack: str | Path | None = None,
) -> Checked:
    """Whether a run of `request` could begin, but for the state, of which nothing is written.

    What the pack's projects depend on is installed. UsageError, ConfigurationError, SandboxUnavailable and
    DependenciesRefused are those of `start`.
    """
    check_request(request, project)
    limits = limits_of(settings.limits, asked)
    target = await asyncio.to_thread(check_target, into) if into is not None else None
    chosen = await asyncio.to_thread(checked_lineup, lineup or settings.lineup, limits)
    held_to = await asyncio.to_thread(named_pack, str(pack or settings.pack))
    told = await asyncio.to_thread(find_pack, held_to) if held_to not in ("", AUTO) else None
    await check_sandbox(settings, needed(told))
    return Checked(chosen, target, limits, held_to)


@asynccontextmanager
async def start(
    request: str,
    *,
    project: str | None = None,
    lineup: str | Path | Lineup | None = None,
    into: str | Path | None = None,
    max_cost: float | None = None,
    max_tokens: int | None = None,
    max_steps: int | None = None,
    max_seconds: float | None = None,
    timeout: float | None = None,
    ask: Ask = "never",
    approve: Approve = "never",
    pack: str | Path | None = None,
    labels: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    tracer_provider: TracerProvider | None = None,
) -> AsyncGenerator[Passage]:
    """Begin a run of `request`; leaving the block before its end parks it.

    `project` names the project to work on, a new one where None. `lineup` is a name, a file or a line-up; None is the
    settings'. `into` is a new or empty directory for the delivered files. `max_cost` (USD), `max_tokens`, `max_steps`
    (model calls) and `max_seconds` are limits of the run, in place of the settings'; `timeout` (seconds) is this
    passage's. `ask` says which of the architect's questions are asked (`auto`: those that matter), `approve` what has
    to be approved (`plan`, or `all`: the delivery, too); the run then parks as `needs_input`, and `resume` takes the
    answers. `pack` is the name or the folder of the conventions that the project is held to, `auto` (the architect
    chooses) or `none`; None is the settings'. `labels` are put on every span of the run, and kept in its record.
    UsageError, ConfigurationError, StateUnavailable, SandboxUnavailable and DependenciesRefused are raised before
    anything was spent.
    """
    settings = settings or await asyncio.to_thread(load_settings)
    asked = Asked(max_cost, max_tokens, max_steps, max_seconds, timeout)
    checked = await check_start(request, asked, settings, project=project, lineup=lineup, into=into, pack=pack)
    async with open_state(settings) as redis:
        record = await new_record(
            redis,
            known_secrets(settings, checked.lineup).masked(request),
            lineup=checked.lineup,
            project=project,
            into=str(checked.into) if checked.into else None,
            tenant=settings.tenant,
            limits=checked.limits,
            fix_rounds=settings.limits.fix_rounds,
            mutants=settings.limits.mutants,
            ask=ask,
            approve=approve,
            pack=checked.pack,
            labels=labels,
        )
        async with under_way(redis, record, settings, timeout, tracer_provider) as passage:
            yield passage


@asynccontextmanager
async def resuming(
    run: str,
    *,
    answers: Mapping[str, Any] | None = None,
    max_cost: float | None = None,
    max_tokens: int | None = None,
    max_steps: int | None = None,
    max_seconds: float | None = None,
    timeout: float | None = None,
    settings: Settings | None = None,
    tracer_provider: TracerProvider | None = None,
) -> AsyncGenerator[Passage]:
    """Go on with a run that was parked or killed, from its newest checkpoint; answered calls are not made again.

    `answers` are what a person decided, by the ids of `Outcome.waiting`: `{"decisions": [...]}` each. They are recorded
    before anything else is done: whoever goes on with the run from then on has them, and the first to a question
    counts. What is given of `max_cost`, `max_tokens`, `max_steps` and `max_seconds` takes the place of its limit, from
    now on. UnknownRun, LeaseHeld where another process runs it, UsageError where it has ended, or where an answer does
    not fit or comes second.
    """
    settings = settings or await asyncio.to_thread(load_settings)
    asked = Asked(max_cost, max_tokens, max_steps, max_seconds, timeout)
    async with open_state(settings) as redis:
        record = await RunStore(redis).get(run)
        if record.status in ENDED:
            raise UsageError(f"run {run!r} has ended: {record.status}; look at it with `slipway show {run}`")
        if record.adopted:
            raise UsageError(f"run {run!r} belongs to the platform that runs its graph; go on with it there")
        record = record.model_copy(update={"limits": raised(record.limits, settings.limits, asked)})
        await asyncio.to_thread(check_lineup, record.lineup, secret, record.limits, asked_roles(record))
        fitting = _fitting(run, await RunStore(redis).outcome(run), answers) if answers else {}
        decisions = await _counting(Inbox(redis, run), run, fitting)
        async with under_way(redis, record, settings, timeout, tracer_provider, answers=decisions) as passage:
            yield passage


def _fitting(run: str, outcome: Outcome | None, answers: Mapping[str, Any]) -> Answers:
    """`answers`, in the form in which they are recorded. UsageError where one is to nothing asked, or does not fit."""
    waiting = {each.id: each.request for each in outcome.waiting} if outcome else {}
    for name in answers:
        if name not in waiting:
            asked = f"it waits for {', '.join(waiting)}" if waiting else "it waits for no answer"
            raise UsageError(f"run {run!r} did not ask {name!r}; {asked}")
    return {name: recorded(decided(waiting[name], answer)) for name, answer in answers.items()}


async def _counting(inbox: Inbox, run: str, answers: Answers) -> Answers:
    """Every answer to the run that counts, with `answers` recorded among them. UsageError where another was first."""
    for name, answer in answers.items():
        first = (await inbox.answer(name, answer)).decision
        if first != answer:
            raise UsageError(
                f"run {run!r} was answered before ({said(first)}), and the first answer counts; "
                f"go on with that one: slipway resume {run}"
            )
    return {name: answer.decision for name, answer in (await inbox.answers()).items()}


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


def checked_lineup(lineup: str | Path | Lineup, limits: RunLimits) -> Lineup:
    """The line-up that is meant. ConfigurationError where a model of it cannot work."""
    chosen = named_lineup(lineup)
    check_lineup(chosen, secret, limits)
    return chosen


def named_pack(pack: str) -> str:
    """How a run's record names `pack`, which is there; ConfigurationError where it is not."""
    if pack in (AUTO, NONE):
        return "" if pack == NONE else AUTO
    return pack if find_pack(pack).name == pack else str(Path(pack).resolve())


def named_lineup(lineup: str | Path | Lineup) -> Lineup:
    """The line-up that is meant: itself, or that of a name or a file. ConfigurationError where there is none."""
    return lineup if isinstance(lineup, Lineup) else load_lineup(str(lineup))

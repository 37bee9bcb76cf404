"""What came of one request: what its run's own records say, and what the hidden check says of its files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from ..config import Settings
from ..config.packing import find_pack
from ..config.task import Step, Task
from ..graphs.acceptance import accept_files, files_of
from ..graphs.kits import NONE, needed
from ..graphs.resources import one_sandbox
from ..models import usage_of
from ..state import (
    Account,
    Budget,
    Event,
    EventStream,
    Fence,
    Journal,
    Outcome,
    RunEnded,
    RunRecord,
    RunStore,
    StageRecord,
    StageStarted,
    Usage,
)
from ..state.records import JournalAnswer, ProblemReported
from .base import RequestResult
from .misses import misses_in
from .person import questions

_SAID = 2000
"""Characters of what a hidden check said that are kept."""
NOTHING_MADE = "nothing was made that could be accepted"


@dataclass(frozen=True)
class Verdict:
    """What a hidden check says."""

    accepted: bool
    said: str


async def judged(redis: Redis, outcome: Outcome, task: Task, step: Step, settings: Settings) -> RequestResult:
    """What came of the request `step` of `task`, whose run left `outcome`. SandboxError, DependenciesRefused."""
    verdict = await accepted(outcome, task, step, settings)
    record = await RunStore(redis).get(outcome.run)
    events = [event for _, event in await EventStream(redis, outcome.run).read()]
    answers = await Journal(redis, Fence(outcome.run, 0)).answers("model")  # only read from
    steps = {event.step: event for event in events if isinstance(event, StageStarted)}
    return RequestResult(
        run=outcome.run,
        status=outcome.status,
        reason=outcome.reason,
        version=outcome.version,
        accepted=verdict.accepted,
        said=verdict.said,
        usage=outcome.usage,
        by_role=_grouped(answers, lambda step: steps[step].role or "" if step in steps else ""),
        by_stage=_grouped(answers, lambda step: steps[step].stage if step in steps else step.partition("/")[0]),
        seconds=outcome.seconds,
        stage_seconds=_stage_seconds(outcome.stages),
        spent_usd=await spent(redis, record),
        repairs=sum(stage.stage == "fix" for stage in outcome.stages),
        asked_twice=outcome.asked_twice,
        misses=await asyncio.to_thread(misses_in, settings.run_folder(outcome.run) / "endpoint.jsonl"),
        problems=tuple(event.problem for event in events if isinstance(event, ProblemReported)),
        questions=tuple(dict.fromkeys(_asked(events))),
    )


async def accepted(outcome: Outcome, task: Task, step: Step, settings: Settings) -> Verdict:
    """What the hidden check of `step` says of the files that a run left, in a sandbox of its own."""
    if outcome.version is None:
        return Verdict(False, NOTHING_MADE)
    files = await files_of(outcome, settings)
    pack = None if task.pack == NONE else await asyncio.to_thread(find_pack, task.pack)
    async with one_sandbox(settings, needed(pack)) as sandbox:
        done = await accept_files(sandbox, files, step.acceptance, task.acceptance)
    return Verdict(done.ok, (done.stdout.text + done.stderr.text).strip()[-_SAID:])


async def spent(redis: Redis, record: RunRecord) -> float:
    """USD that a run was charged, and has reserved."""
    return (await Budget(redis, Account(record.id, record.project, record.tenant)).spent()).cost_usd


def _grouped(answers: Sequence[JournalAnswer], of: Callable[[str], str]) -> dict[str, Usage]:
    names = dict.fromkeys(of(answer.step) for answer in answers)
    return {name: usage_of(answer for answer in answers if of(answer.step) == name) for name in names}


def _stage_seconds(stages: Sequence[StageRecord]) -> dict[str, float]:
    names = dict.fromkeys(stage.stage for stage in stages)
    return {name: sum(stage.seconds for stage in stages if stage.stage == name) for name in names}


def _asked(events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, RunEnded) and event.outcome.status == "needs_input":
            yield from questions(event.outcome.waiting)

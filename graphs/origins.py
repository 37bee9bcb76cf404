"""Where in a recorded run another one can begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig

from ..config import UsageError
from ..state.checkpoints import RedisSaver
from ..state.records import Origin

_STOPS = ("interpret", "design", "baseline", "deliver")
"""Stages that are their own judges; what the others made is judged by the checks."""


@dataclass(frozen=True)
class Moment:
    """A checkpoint of a run, as a place to begin from."""

    checkpoint: str
    parent: str | None
    steps: tuple[str, ...]
    """The steps that were done by then, in order."""
    version: str | None
    """The version of the files; None before there was one."""


async def moments(saver: RedisSaver, run: str) -> list[Moment]:
    """The checkpoints of a run, oldest first. UsageError where it has none here."""
    config: RunnableConfig = {"configurable": {"thread_id": run, "checkpoint_ns": ""}}
    found = [_moment(each) async for each in saver.alist(config)]
    if not found:
        raise UsageError(f"run {run!r} has no checkpoints here: nothing can begin from it")
    return found[::-1]


def _moment(found: Any) -> Moment:
    values: dict[str, Any] = found.checkpoint["channel_values"]
    parent = found.parent_config["configurable"]["checkpoint_id"] if found.parent_config else None
    steps = tuple(str(stage["step"]) for stage in values.get("stages", ()))
    return Moment(found.config["configurable"]["checkpoint_id"], parent, steps, values.get("version"))


def behind(known: Sequence[Moment], run: str, at: str) -> Moment:
    """The moment when the step `at` was just done, or the checkpoint of that id. UsageError lists the steps."""
    for moment in known:
        if at in (moment.checkpoint, *moment.steps):
            return moment
    raise UsageError(f"run {run!r} has no step or checkpoint {at!r}; its steps are {', '.join(_steps(known))}")


def before(known: Sequence[Moment], run: str, what: str) -> Moment:
    """The moment before the step `what`, or before the first step of the stage `what`. UsageError lists the steps."""
    by_id = {moment.checkpoint: moment for moment in known}
    for moment in known:
        parent = by_id.get(moment.parent or "")
        if parent and any(what in (step, step.partition("/")[0]) for step in set(moment.steps) - set(parent.steps)):
            return parent
    raise UsageError(f"run {run!r} has no stage or step {what!r}; its steps are {', '.join(_steps(known))}")


def _steps(known: Sequence[Moment]) -> Iterator[str]:
    return iter(dict.fromkeys(step for moment in known for step in moment.steps))


def checkpoint_of(origin: Origin) -> RunnableConfig:
    """The checkpoint that a run begins with, in the run that it was made of."""
    assert origin.checkpoint is not None, "only what begins in the middle has one"
    return {
        "configurable": {"thread_id": origin.run, "checkpoint_ns": "", "checkpoint_id": origin.checkpoint},
    }


def stop_behind(stage: str) -> str:
    """The node behind which a replay of `stage`, or of a step of it, stops."""
    name = stage.partition("/")[0]
    return name if name in _STOPS else "check"


def stops_of(origin: Origin | None) -> list[str] | None:
    """Where a run stops on its way; None goes to the end."""
    return None if origin is None or origin.anew is None else [stop_behind(origin.anew)]

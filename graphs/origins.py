"""Where in a recorded run another one can begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig

from ..config import UsageError
from ..state.checkpoints import RedisSaver
from ..state.records import Origin

_STOPS = ("interpret", "design", "baseline", "mutate", "deliver")
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
    ended: bool
    """The run was over: nothing can go on from here."""


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
    here = found.config["configurable"]["checkpoint_id"]
    return Moment(here, parent, steps, values.get("version"), ended="status" in values)


def behind(known: Sequence[Moment], run: str, at: str) -> Moment:
    """The moment when the step `at` was done, or the checkpoint of that id. UsageError lists the steps.

    Behind a step of a wave it is when the wave was joined: only then one version holds what all of it wrote. Behind a
    check it is before that, so that the check, which is answered from the record, leads on as the fork's limits say.
    """
    going = [moment for moment in known if not moment.ended]
    for moment in going:
        if at in moment.steps or at == moment.checkpoint:
            return before(going, run, at) if at.startswith("check/") else _joined(going, run, moment)
    raise UsageError(f"run {run!r} has no step or checkpoint {at!r} to go on from; there are {_list(going)}")


def _joined(known: Sequence[Moment], run: str, moment: Moment) -> Moment:
    last = [each for each in known if each.steps == moment.steps][-1]
    in_a_wave = bool(last.steps) and last.steps[-1].partition("/")[0] in ("code", "write_tests")
    if in_a_wave and last == moment == known[-1]:
        raise UsageError(f"run {run!r} stopped before {last.steps[-1]!r} was joined with its wave; resume it first")
    return last


def before(known: Sequence[Moment], run: str, what: str) -> Moment:
    """The moment before the step `what`, or before the first step of the stage `what`. UsageError lists the steps."""
    by_id = {moment.checkpoint: moment for moment in known}
    for moment in known:
        parent = by_id.get(moment.parent or "")
        if parent and any(what in (step, step.partition("/")[0]) for step in set(moment.steps) - set(parent.steps)):
            return parent
    raise UsageError(f"run {run!r} has no stage or step {what!r} to do over; there are {_list(known)}")


def _list(known: Sequence[Moment]) -> str:
    return ", ".join(dict.fromkeys(step for moment in known for step in moment.steps))


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

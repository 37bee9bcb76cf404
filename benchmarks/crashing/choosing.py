"""Which moments to kill at, out of all that an undisturbed run has."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from .moments import Moment, Phase
from .proxy import Exchange

LATENCY = 0.2
"""Seconds that an answer takes where the kill shall come in the middle of it."""
_BETWEEN = "between"
_WORTH_SECONDS = 0.02
_SIDES: tuple[Phase, Phase] = ("before", "after")


def boundaries(writes: Sequence[Exchange]) -> list[Moment]:
    """Both sides of every checkpoint: the one moment a step is not over, the next it is."""
    count = sum(write.command.kind == "checkpoint" for write in writes)
    return [
        Moment(f"{side} a checkpoint", side, "checkpoint", occurrence=number)
        for number in range(1, count + 1)
        for side in _SIDES
    ]


def chained(writes: Sequence[Exchange], side: Phase, *, repeats: bool = False) -> tuple[Moment, ...]:
    """Every boundary, one after the other, in one run.

    Where `repeats`, the process lives on and sends again what was not answered.
    """
    count = sum(write.command.kind == "checkpoint" for write in writes)
    first = Moment("every checkpoint", side, "checkpoint")
    again = first if side == "after" and not repeats else Moment("every checkpoint", side, "checkpoint", occurrence=2)
    return (first, *[again] * (count - 1))


def every_write(writes: Sequence[Exchange]) -> list[Moment]:
    """Both sides of every write, whatever it is."""
    numbers = range(1, len(writes) + 1)
    return [Moment(f"{side} any write", side, "", occurrence=number) for number in numbers for side in _SIDES]


def inside_steps(writes: Sequence[Exchange], chance: random.Random) -> list[Moment]:
    """For each step: around a recorded answer, its publish and another write; inside a model call, a tool or check.

    What lies between steps counts as a step, too.
    """
    moments: list[Moment] = []
    for step, own in _by_step(writes).items():
        answers = [write for write in own if write.command.kind == "journal record"]
        publishes = [write for write in own if write.command.kind == "publish"]
        others = [w for w in own if w not in answers and w not in publishes and w.command.kind != "checkpoint"]
        for what, found in (("a recorded answer", answers), ("a publish", publishes), ("another write", others)):
            if found:
                chosen = chance.choice(found)
                moments += [_at(chosen, writes, f"{side} {what}", side) for side in _SIDES]
        moments += _inside_call(own, writes, chance)
        if step != _BETWEEN:
            moments += _inside_work(own, writes, chance)
    return moments


def _by_step(writes: Sequence[Exchange]) -> dict[str, list[Exchange]]:
    steps: dict[str, list[Exchange]] = defaultdict(list)
    for write in writes:
        if write.command.kind == "lease":
            continue  # comes by the clock
        words = write.command.label.split()
        starting = words[1:] if words[:1] == ["stage_started"] else []
        named = [word for word in words if word in write.steps]
        steps[next(iter([*starting, *named, *write.steps]), _BETWEEN)].append(write)
    return steps


def _at(write: Exchange, writes: Sequence[Exchange], group: str, phase: Phase, delay: float = 0.0) -> Moment:
    """The moment of `write` in a run like the one that `writes` come from."""
    command = write.command
    same = [w for w in writes if w.command.kind == command.kind and command.label in ("", w.command.label)]
    return Moment(group, phase, command.kind, command.label, same.index(write) + 1, delay)


def _inside_call(own: list[Exchange], writes: Sequence[Exchange], chance: random.Random) -> Iterator[Moment]:
    begun = [write for write in own if write.command.kind == "journal begin"]
    if begun:
        delay = LATENCY * chance.uniform(0.2, 0.8)
        yield _at(chance.choice(begun), writes, "inside a model call", "later", delay)


def _inside_work(own: list[Exchange], writes: Sequence[Exchange], chance: random.Random) -> Iterator[Moment]:
    """The middle of the longest thing that the step did without writing, which is a tool, a check or its sandbox."""
    gaps = [(after.at - before.at, before) for before, after in pairwise(own)]
    gap, write = max(gaps, key=lambda pair: pair[0], default=(0.0, None))
    if write and gap > _WORTH_SECONDS:
        yield _at(write, writes, "inside a tool or check", "later", gap * chance.uniform(0.2, 0.8))

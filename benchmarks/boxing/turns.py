"""Contenders, measured side by side: each once a round, in another order every round."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

Samples = dict[str, list[float]]
"""Seconds, by what was measured."""
Once = Callable[[], Awaitable[Mapping[str, float]]]
"""Measures once: seconds by what was measured. What has to be prepared or taken away is left out."""


async def in_turns(contenders: Sequence[Once], rounds: int, *, warm_up: int = 0, seed: int = 1) -> Samples:
    """Every one of `contenders` once a round, in an order of chance, so that none always follows the same other one."""
    samples: Samples = {}
    chance = random.Random(seed)
    for number in range(warm_up + rounds):
        for once in chance.sample(contenders, len(contenders)):
            for name, seconds in (await once()).items():
                if number >= warm_up:
                    samples.setdefault(name, []).append(seconds)
    return samples


class Watch:
    """How long a block took."""

    seconds = 0.0


@contextmanager
def timed() -> Iterator[Watch]:
    """Measure what happens inside."""
    watch = Watch()
    began = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - began


def timing(name: str, act: Callable[[], Awaitable[object]]) -> Once:
    """A contender that is `act` and nothing around it."""

    async def once() -> Mapping[str, float]:
        with timed() as watch:
            await act()
        return {name: watch.seconds}

    return once


@dataclass(frozen=True)
class Summary:
    """What is left of samples, in milliseconds."""

    median: float
    p10: float
    """A tenth of the samples are below it: what the thing costs when nothing disturbs it."""
    count: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Summary:
        """At least one sample."""
        ordered = sorted(seconds)
        return cls(statistics.median(ordered) * 1000, ordered[len(ordered) // 10] * 1000, len(ordered))

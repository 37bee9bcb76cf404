"""All that is measured, in turns: what disturbs the machine disturbs everybody."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slipway.state import open_redis

from .judging import Spread
from .looping import Trial, trial
from .publishing import PROJECTS, Publishing, publishing
from .savers import Kind, Place
from .servers import Postgres, Valkey

_PINGS = 100


@dataclass
class Samples:
    """All that was measured, one entry a repeat."""

    trials: dict[str, list[Trial]] = field(default_factory=dict)
    publishings: dict[str, list[Publishing]] = field(default_factory=dict)
    round_trips: list[float] = field(default_factory=list)
    """Seconds, each a median."""
    loads: list[float] = field(default_factory=list)
    """How many processes wanted to compute, in the minute before the end of the repeat."""


@dataclass(frozen=True)
class Setting:
    """What is measured, where."""

    folder: Path
    valkey: Valkey
    postgres: Postgres | None
    kinds: Sequence[Kind]
    steps: int
    repeats: int

    @property
    def window(self) -> int:
        """Steps."""
        return self.steps // 10

    def place(self, thread: str) -> Place:
        """Where the trial `thread` writes."""
        return Place(thread, self.folder, self.valkey, self.postgres)


async def measured(setting: Setting) -> Samples:
    """Every saver and every project once a repeat, each repeat beginning with another one."""
    samples = Samples()
    for repeat in range(setting.repeats):
        began = time.perf_counter()
        trips: list[float] = []
        for kind in _turned(setting.kinds, repeat):
            trips += await _round_trips(setting)
            done = await trial(kind, setting.place(f"{kind.name}-{repeat}"), setting.steps)
            samples.trials.setdefault(kind.name, []).append(done)
        for project in _turned(PROJECTS, repeat):
            trips += await _round_trips(setting)
            place = setting.place(f"publishing-{project.files}-{repeat}")
            samples.publishings.setdefault(project.name, []).append(await publishing(place, project, setting.steps))
        samples.round_trips.append(Spread.of(trips).median)
        samples.loads.append(os.getloadavg()[0])
        print(f"repeat {repeat + 1} of {setting.repeats}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return samples


def _turned(things: Sequence[Any], by: int) -> list[Any]:
    start = by % len(things)
    return [*things[start:], *things[:start]]


async def _round_trips(setting: Setting) -> list[float]:
    """Seconds of each PING by the client that `slipway` uses, on a server that was emptied for the next trial."""
    await setting.valkey.clear()
    times: list[float] = []
    async with open_redis(setting.valkey.url, data_dir=setting.folder, runtime_dir=setting.folder) as redis:
        for _ in range(_PINGS):
            began = time.perf_counter()
            await redis.ping()
            times.append(time.perf_counter() - began)
    return times

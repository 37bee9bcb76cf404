"""One run of the app, measured."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from opentelemetry.sdk.trace import TracerProvider

from slipway import run
from slipway.config import Settings, load_settings
from slipway.state import Outcome, open_state
from slipway.state.records import Plan

from .app import MODULES, PLAN, REQUEST
from .paths import ARCHITECT, dependency_path, wave_path
from .playing import Turns, endpoint
from .spans import Stopwatch, shares, tools

_USES = {module.name: module.uses for module in MODULES}
_WAVES = Plan.model_validate(PLAN).waves()
_TESTER = 2
_GATE = ("check", "mutate", "baseline")


class Undelivered(Exception):
    """A run did not deliver, so that its time means nothing; the message says how it ended."""


@dataclass(frozen=True)
class Trial:
    """What a run took, in seconds."""

    wall: float
    gate: float
    """Of that, in the checks; what a wave loads when it is joined is not among them."""
    path: float
    """What its models take one after the other where nothing waits but for what it uses."""
    waves: float
    """The same where each wave waits for the one before."""
    tools: float
    """In which any tool or command of a sandbox was under way, but for the gate's."""
    shares: Mapping[str, float]
    """By what was under way."""

    @property
    def own(self) -> float:
        """Without the gate."""
        return self.wall - self.gate


@asynccontextmanager
async def stage() -> AsyncGenerator[Settings]:
    """Settings with folders and a state server of the benchmark's own, bubblewrap, and everything else as it is set."""
    with tempfile.TemporaryDirectory(prefix="sw") as name:
        cache = Path(sys.prefix) / "slipway-test-cache"
        folders = {"STATE": f"{name}/state", "RUNTIME": f"{name}/run", "CACHE": str(cache)}
        for variable in [each for each in os.environ if each.startswith(("SLIPWAY_", "OTEL_"))]:
            del os.environ[variable]
        os.environ |= {f"SLIPWAY_{kind}_DIR": folder for kind, folder in folders.items()}
        os.environ["XDG_CONFIG_HOME"] = f"{name}/config"
        settings = load_settings(["sandbox.backend=bubblewrap", "limits.mutants=0"])
        async with open_state(settings):
            yield settings


async def trial(settings: Settings, turns: Turns, latency: float) -> Trial:
    """Have the app written once. Undelivered where it is not, or not as the script goes."""
    provider, watch = TracerProvider(), Stopwatch()
    provider.add_span_processor(watch)
    with tempfile.TemporaryDirectory(prefix="sw") as folder, endpoint(turns, latency, Path(folder)) as lineup:
        begun = time.perf_counter()
        outcome = await run(REQUEST, lineup=lineup, settings=settings, tracer_provider=provider)
        wall = time.perf_counter() - begun
    _look(outcome, turns)
    gate = sum(stage.seconds for stage in outcome.stages if stage.stage in _GATE)
    path, waves = (latency * length for length in paths(turns))
    found = shares(watch.spans)
    return Trial(wall, gate, path, waves, tools(watch.spans), found | {"rest": wall - sum(found.values())})


def paths(turns: Turns) -> tuple[int, int]:
    """The critical path of the app in turns, and what it is in waves."""
    return dependency_path(turns, _USES), wave_path(turns, _WAVES)


def _look(outcome: Outcome, turns: Turns) -> None:
    calls = ARCHITECT + _TESTER + sum(turns.values())
    if outcome.status != "delivered":
        raise Undelivered(f"the run ended as {outcome.status}: {outcome.reason}")
    if outcome.usage.calls != calls:
        raise Undelivered(f"the run made {outcome.usage.calls} model calls, and the script has {calls}")

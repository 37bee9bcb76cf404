"""A run of many steps over a state that does not grow, and how long its steps take.

The state is the one of Slipway's own graph. A step changes what a round of checks and repairs changes there.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from slipway.graphs.state import RunState
from slipway.state import Brief, Component, Criterion, Plan, Requirement

from .savers import Kind, Opened, Place

_FIRST = 10_000
"""The count from which rounds start: all of a run have one length as bytes."""
_WARM_UP_STEPS = 20

Step = Callable[[int], Awaitable[str]]
"""What a step does besides, given its number from 1; it returns the version that the state is to hold."""


def _sentence(words: int) -> str:
    return " ".join(f"word{number}" for number in range(words))


BRIEF = Brief(
    title="A tally of expenses",
    goal=_sentence(30),
    requirements=tuple(Requirement(id=f"R{number}", text=_sentence(15)) for number in range(1, 6)),
    criteria=tuple(Criterion(id=f"C{n}", text=_sentence(12), requirement=f"R{(n + 1) // 2}") for n in range(1, 11)),
    assumptions=(_sentence(10), _sentence(12)),
)
PLAN = Plan(
    summary=_sentence(40),
    components=tuple(
        Component(id=name, purpose=_sentence(12), files=(f"tally/{name}.py",), interface=_sentence(60))
        for name in ("store", "report", "convert", "cli")
    ),
    tests=("tests/test_tally.py",),
)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


async def small_step(number: int) -> str:
    """A step that does nothing else."""
    return _digest("version", number)[:40]


def _initial() -> RunState:
    return {
        "request": _sentence(25),
        "brief": BRIEF.model_dump(mode="json"),
        "plan": PLAN.model_dump(mode="json"),
        "version": _digest("version", 0)[:40],
        "wave": 2,
        "rounds": _FIRST,
        "report": _digest("report", 0),
        "green": False,
        "signatures": [],
        "baseline": [_digest("baseline", number)[:16] for number in range(2)],
        "vacuous": [],
        "unproven": [],
        "stages": [],
        "status": "running",
        "reason": "",
    }


def loop(opened: Opened, steps: int, step: Step) -> CompiledStateGraph[Any, Any, Any, Any]:
    """A graph that takes `steps` steps."""

    async def work(state: RunState) -> dict[str, Any]:
        number = state["rounds"] - _FIRST + 1
        return {
            "version": await step(number),
            "rounds": state["rounds"] + 1,
            "report": _digest("report", number),
            "green": False,
            "signatures": [_digest("signature", number, fault)[:16] for fault in range(3)],
            "unproven": ["C3", "C7"],
        }

    async def route(state: RunState) -> str:  # LangGraph would run a plain function in a thread, and so add noise
        return "work" if state["rounds"] < _FIRST + steps else END

    build = StateGraph(RunState)
    build.add_node("work", work)
    build.add_edge(START, "work")
    build.add_conditional_edges("work", route, ["work", END])
    return build.compile(checkpointer=opened.saver)


async def run(opened: Opened, thread: str, steps: int, step: Step) -> list[float]:
    """The times (s) at which the run and then each of its steps began, and the run ended."""
    times: list[float] = []

    async def timed(number: int) -> str:
        times.append(time.perf_counter())
        return await step(number)

    graph = loop(opened, steps, timed)
    began = time.perf_counter()
    durable = {"durability": "sync"} if opened.saver else {}
    await graph.ainvoke(_initial(), _config(opened, thread, steps), **durable)
    return [began, *times, time.perf_counter()]


async def warm_up(opened: Opened, thread: str) -> None:
    """Connect, load and compile what a first run does; on another thread, so without the lease of this one."""
    await run(Opened(opened.saver), f"{thread}-warm-up", _WARM_UP_STEPS, small_step)


def _config(opened: Opened, thread: str, steps: int = 1) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, **opened.configurable}, "recursion_limit": steps + 10}


@dataclass(frozen=True)
class Trial:
    """One run with one saver."""

    times: list[float]
    cpu: float
    """Seconds that this process computed, all its threads together."""
    reload: float | None
    """Seconds until a new client has the newest state; None where nothing is kept."""

    @property
    def step(self) -> float:
        """Seconds a step."""
        return (self.times[-1] - self.times[0]) / (len(self.times) - 2)


async def trial(kind: Kind, place: Place, steps: int) -> Trial:
    """A run of `steps` after a short one that warms up, and then its state as a new client finds it."""
    async with kind.open(place) as opened:
        await warm_up(opened, place.thread)
        gc.collect()
        computed = time.process_time()
        times = await run(opened, place.thread, steps, small_step)
        computed = time.process_time() - computed
    return Trial(times, computed, await _reload(kind, place, steps) if kind.keeps else None)


async def _reload(kind: Kind, place: Place, steps: int) -> float:
    async with kind.open(place) as opened:
        graph = loop(opened, steps, small_step)
        gc.collect()
        began = time.perf_counter()
        snapshot = await graph.aget_state(_config(opened, place.thread))
        seconds = time.perf_counter() - began
    assert snapshot.values["rounds"] == _FIRST + steps, f"{kind.name} lost steps: {snapshot.values}"
    assert snapshot.values["plan"] == PLAN.model_dump(mode="json")
    return seconds

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from ..config import ConfigurationError, load_lineup, load_settings
from ..state import RunStore, UnknownRun, open_state
from ..state.records import Plan
from .limits import Asked, limits_of
from .records import new_record
from .resources import Resources, open_resources
from .state import RunContext

Opener = Callable[[], AbstractAsyncContextManager[Resources]]


@dataclass
class _Shared:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    resources: Resources | None = None


_OPEN: dict[str, _Shared] = {}


@asynccontextmanager
async def shared(run: str, opener: Opener) -> AsyncGenerator[Resources]:
    """The resources of `run`: opened by the first who asks in this process, closed by the last who leaves."""
    entry = _OPEN.setdefault(run, _Shared())
    entry.users += 1
    try:
        async with entry.lock:
            if entry.resources is None:
                entry.resources = await entry.stack.enter_async_context(opener())
        yield entry.resources
    finally:
        entry.users -= 1
        if entry.users == 0:
            _OPEN.pop(run, None)
            await entry.stack.aclose()


@asynccontextmanager
async def at_hand(
    config: RunnableConfig, runtime: Runtime[RunContext], request: str = "", *, plan: Plan | None = None
) -> AsyncGenerator[Resources]:
    """The resources of the run that a node belongs to, for a project of the kind that `plan` names.

    `run()` holds them open for all nodes. Where another platform runs the graph, they are opened node by node, and the
    run is recorded under that platform's thread id when its first node comes with the request.
    """
    context = runtime.context or RunContext()
    run = run_id(config)
    async with shared(run, lambda: _adopted(run, context, request)) as resources:
        yield resources if plan is None else await resources.of(plan.pack)


def run_id(config: RunnableConfig) -> str:
    """The id of the run that a node belongs to: the thread's."""
    return str(config.get("configurable", {})["thread_id"])


@asynccontextmanager
async def _adopted(run: str, context: RunContext, request: str) -> AsyncGenerator[Resources]:
    settings = await asyncio.to_thread(load_settings)
    async with open_state(settings) as redis:
        try:
            record = await RunStore(redis).get(run)
        except UnknownRun:
            lineup = await asyncio.to_thread(load_lineup, context.lineup)
            if (set(lineup.off), lineup.history) != (set(context.off), context.history):
                raise ConfigurationError(
                    f"line-up {lineup.name!r} has {', '.join(lineup.off) or 'no role'} off and history "
                    f"{lineup.history!r}; give the context the same `off` and `history`"
                ) from None
            record = await new_record(
                redis,
                request,
                run=run,
                project=context.project or None,
                lineup=lineup,
                tenant=settings.tenant,
                limits=limits_of(settings.limits, Asked()),
                adopted=True,
            )
        async with open_resources(redis, record, settings) as resources:
            yield resources

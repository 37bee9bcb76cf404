"""The one place where a run's models, sandboxes, stores and tracer are opened, and where they are wired together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from langchain_core.messages import BaseMessage
from opentelemetry.trace import TracerProvider
from redis.asyncio import Redis

from .. import __version__
from ..agents import Desk, View, check_prompts, check_tools, conventions
from ..checks import gate
from ..config import Lineup, Role, Secrets, Settings, known_secrets, secret
from ..models import Model, open_chats
from ..sandboxes import Dependencies, Sandbox, open_sandboxes
from ..sandboxes.masked import Masked as MaskedSandbox
from ..sandboxes.traced import Traced as TracedSandbox
from ..state import (
    Account,
    Budget,
    EventStream,
    Fence,
    Inbox,
    Journal,
    ProjectStore,
    RecordedInbox,
    RunRecord,
    RunStore,
    hold,
)
from ..state.records import Stage
from ..state.replays import RecordedJournal
from ..state.threads import opened
from ..state.verdicts import Verdicts
from ..telemetry import Tracer, exporting
from .asking import Asking
from .keeping import Kept
from .kits import Kit, Kits, told, tools_of
from .records import first_version

T = TypeVar("T")

_ASKING: dict[Stage | None, Role] = {
    "interpret": "architect", "design": "architect", "code": "coder", "write_tests": "tester", "fix": "fixer",
}  # fmt: skip
"""Whose part a stage is."""

_VIEWS = 4


@dataclass(frozen=True)
class Resources:
    """Everything that is open while a run runs."""

    record: RunRecord
    fence: Fence
    settings: Settings
    projects: ProjectStore
    runs: RunStore
    journal: Journal
    events: EventStream
    inbox: Inbox
    budget: Budget
    models: Mapping[Role, Model]
    tracer: Tracer
    secrets: Secrets
    """What must show nowhere."""
    kits: Kits
    kit: Kit
    """What there is for a project of its kind."""
    verdicts: Verdicts
    """What checks said of the project's files."""
    writing: asyncio.Semaphore
    """Held by whoever writes a component, so that not too many are written at the same time."""
    views: Kept[View]
    """What was shown of versions, for who is shown the same."""

    def desk(self, role: Role, step: str, before: Sequence[BaseMessage] = (), *, whole: bool = False) -> Desk:
        """What the agent of `role` has at `step`; `before` is what was said before in the same conversation.

        `whole`: it is shown all of the pack's template. One that does every stage is shown it once, for all of them.
        """
        config, pack, alone = self.record.lineup.roles[role], self.kit.pack, self.record.lineup.history == "full"
        return Desk(
            step,
            self.models[role],
            config.prompt,
            config.max_calls,
            self.events.append,
            instructions=self.inbox.instructions,
            conventions=conventions(pack, role, whole=whole or alone) if pack else "",
            part="alone" if alone else role,
            before=before,
        )

    async def of(self, pack: str) -> Resources:
        """The same for a project of `pack`; "": of none."""
        return replace(self, kit=await self.kits.of(pack))


@asynccontextmanager
async def open_resources(
    redis: Redis, record: RunRecord, settings: Settings, provider: TracerProvider | None = None
) -> AsyncGenerator[Resources]:
    """Take the run's lease and open what it needs; all of it is closed, and the lease given back, at exit.

    LeaseHeld where another process runs it; ConfigurationError where a role's model cannot work.
    """
    folder = settings.run_folder(record.id)
    secrets = await asyncio.to_thread(known_secrets, settings, record.lineup)
    async with AsyncExitStack() as stack:
        account = Account(record.id, record.project, record.tenant)
        fence = await stack.enter_async_context(
            hold(redis, run=account.run, project=account.project, tenant=account.tenant)
        )
        if provider is None:
            provider = await _enter(stack, exporting(settings.telemetry, folder / "spans.jsonl", __version__, secrets))
        tracer = Tracer(provider, record.id, __version__, secrets, labels=record.labels, lineup=record.lineup)
        asked = asked_roles(record)
        chats = await stack.enter_async_context(
            open_chats(record.lineup, secrets.noting(secret), folder / "endpoint.jsonl", asked)
        )
        await asyncio.to_thread(check_prompts, record.lineup)
        check_tools(record.lineup)
        journal, budget = _journal(redis, fence, record), Budget(redis, account, record.limits, fence)
        events = EventStream(redis, record.id, fence, secrets)
        asking = Asking(redis, record, settings, journal, budget, tracer, events.append, secrets)

        projects = ProjectStore(redis, settings.limits.project_mb << 20)
        await projects.branch(record.project, record.id, first_version(record))

        # With what every kit needs, so that none of them makes another launcher for that.
        tools = tools_of(gate(left_out=settings.checks.left_out))
        sandboxes = await stack.enter_async_context(
            open_sandboxes(settings.sandbox, settings.folders.cache, run=record.id, tools=tools)
        )

        def wrapped(sandbox: Sandbox) -> Sandbox:
            return MaskedSandbox(TracedSandbox(sandbox, tracer), secrets)

        async def keep(pictures: Mapping[str, bytes]) -> None:
            await projects.put_blobs(record.project, fence, list(pictures.values()))

        kits = Kits(sandboxes, wrapped, settings.checks, keep)
        yield Resources(
            record=record,
            fence=fence,
            settings=settings,
            projects=projects,
            runs=RunStore(redis, fence),
            journal=journal,
            events=events,
            inbox=_inbox(redis, fence, record),
            budget=budget,
            models={role: asking.model(role, chats) for role in record.lineup.roles},
            tracer=tracer,
            secrets=secrets,
            kits=kits,
            kit=await kits.of(told(record.pack)),
            verdicts=Verdicts(redis, record.project),
            writing=asyncio.Semaphore(settings.limits.parallel),
            views=Kept(_VIEWS),
        )


def asked_roles(record: RunRecord) -> tuple[Role, ...]:
    """The roles whose models the run may ask; a replay asks those of the stage that it does anew, or none."""
    lineup = record.lineup
    if record.origin is None or record.origin.kind == "fork":
        return tuple(lineup.roles)
    role = _ASKING.get(record.origin.anew)
    return (lineup.plays(role),) if role and (role != "architect" or planned(lineup)) else ()


def planned(lineup: Lineup) -> bool:
    """Whether somebody makes the brief and the plan."""
    return "architect" in lineup.roles or lineup.history == "full"


def _journal(redis: Redis, fence: Fence, record: RunRecord) -> Journal:
    origin = record.origin
    if origin is None:
        return Journal(redis, fence)
    sources = [origin.run, *origin.line]
    if origin.kind == "fork":  # the check behind which it begins is known; everything else is new
        return RecordedJournal(redis, fence, sources, kinds=["check"], keep=True)
    return RecordedJournal(redis, fence, sources, anew=origin.anew)


def _inbox(redis: Redis, fence: Fence, record: RunRecord) -> Inbox:
    origin = record.origin
    if origin is None or origin.kind == "fork":
        return Inbox(redis, fence.run, fence)
    return RecordedInbox(redis, fence, [origin.run, *origin.line], anew=origin.anew)


@asynccontextmanager
async def one_sandbox(settings: Settings, needed: Dependencies | None = None) -> AsyncGenerator[Sandbox]:
    """An empty sandbox as the settings say, with what is `needed` in it, closed at exit.

    SandboxUnavailable: none is as strict as required. DependenciesRefused: not all that is needed is let in.
    """
    async with open_sandboxes(settings.sandbox, settings.folders.cache, ahead=0) as sandboxes:
        if needed is not None:
            sandboxes = await sandboxes.install(needed)
        sandbox = await sandboxes.open()
        try:
            yield sandbox
        finally:
            await sandbox.close()


async def check_sandbox(settings: Settings, needed: Dependencies | None = None) -> None:
    """Have what is `needed` installed. SandboxUnavailable and DependenciesRefused are those of `one_sandbox`."""
    async with one_sandbox(settings, needed):
        return


async def _enter(stack: AsyncExitStack, manager: AbstractContextManager[T]) -> T:
    """Enter a blocking context manager in a thread, and leave it in one."""
    value = await opened(manager.__enter__, lambda _: manager.__exit__(None, None, None))
    stack.push_async_callback(asyncio.to_thread, manager.__exit__, None, None, None)
    return value

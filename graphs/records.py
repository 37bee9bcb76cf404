from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from redis.asyncio import Redis

from .. import __version__
from ..config import Lineup, UsageError
from ..state import ProjectStore, RunLimits, RunRecord, RunStore
from ..state.text import encodable, visible
from .state import Approve, Ask

_PROJECT = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def check_request(request: str, project: str | None) -> None:
    """UsageError where a request or the name of its project cannot be worked with."""
    if request != encodable(request):
        raise UsageError("the request is not valid UTF-8; send it in that encoding")
    if not visible(request).strip():
        raise UsageError("the request is empty; say in a sentence or two what is to be built")
    if project is not None:
        check_project(project)


def check_project(name: str) -> None:
    """UsageError where a project cannot have this name."""
    if not _PROJECT.fullmatch(name):
        raise UsageError(f"{name!r} is no project name; use lower-case letters, digits, '-' and '_', at most 40")


async def new_record(
    redis: Redis,
    request: str,
    *,
    lineup: Lineup,
    run: str | None = None,
    project: str | None = None,
    into: str | None = None,
    tenant: str = "default",
    limits: RunLimits | None = None,
    fix_rounds: int = 6,
    mutants: int = 20,
    ask: Ask = "never",
    approve: Approve = "never",
    pack: str = "",
    adopted: bool = False,
    labels: Mapping[str, str] | None = None,
) -> RunRecord:
    """Record a new run of `request` on `project` (a new one where None), on the project's head."""
    check_request(request, project)
    projects = ProjectStore(redis)
    run = run or new_run_id()
    project = project or f"project-{run}"
    await projects.create(project)
    record = RunRecord(
        id=run,
        project=project,
        request=request,
        lineup=lineup,
        base=await projects.head(project),
        created=datetime.now(UTC),
        into=into,
        tenant=tenant,
        limits=limits or RunLimits(),
        fix_rounds=fix_rounds,
        mutants=mutants,
        ask=ask,
        approve=approve,
        pack=pack,
        adopted=adopted,
        slipway=__version__,
        labels=dict(labels or {}),
    )
    await RunStore(redis).create(record)
    return record


def first_version(record: RunRecord) -> str:
    """The version whose files a run begins with."""
    return record.origin.version if record.origin else record.base


def new_run_id() -> str:
    """A new run's id; ids sort by the time of their making."""
    return f"{datetime.now(UTC):%y%m%d-%H%M%S}-{secrets.token_hex(3)}"

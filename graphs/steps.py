from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ..agents import Work
from ..config import Role
from ..sandboxes import FileContent, Sandbox
from ..sandboxes.unversioned import outside
from ..state import Change
from ..state.records import Manifest, Problem, Published, Stage, StageFinished, StageRecord, StageStarted, Usage
from ..telemetry import names
from .resources import Resources


@dataclass
class Step:
    """One step while it runs; what it leaves behind becomes its record."""

    path: str
    stage: Stage
    role: Role | None
    model: str | None
    usage: Usage = field(default_factory=Usage)
    version: str | None = None
    note: str = ""
    problems: tuple[Problem, ...] = ()
    record: StageRecord | None = None

    def did(self, work: Work) -> None:
        """Take over what an agent did, for the record."""
        self.usage, self.note, self.problems = work.usage, work.note, work.problems

    def done(self) -> list[dict[str, object]]:
        """The step's record as a state update."""
        assert self.record is not None, "read after the step has ended"
        return [self.record.model_dump(mode="json")]


@asynccontextmanager
async def step(resources: Resources, path: str, stage: Stage, role: Role | None = None) -> AsyncGenerator[Step]:
    """Run one step inside a span, and tell when it starts and ends."""
    model = resources.models[role].name if role else None
    running = Step(path, stage, role, model)
    await resources.events.append(StageStarted(step=path, stage=stage, role=role, model=model))
    started = time.perf_counter()
    tracer = resources.tracer
    with (
        tracer.agent(role, model.partition(":")[2], path)
        if role and model
        else tracer.span(f"{names.SPAN_STAGE} {stage}", slipway__step=path)
    ):
        yield running
    running.record = StageRecord(
        step=path,
        stage=stage,
        role=role,
        model=model,
        usage=running.usage,
        seconds=time.perf_counter() - started,
        version=running.version,
        note=running.note,
        problems=running.problems,
    )
    await resources.events.append(StageFinished(record=running.record))


@asynccontextmanager
async def workspace(resources: Resources, version: str, *, without: Collection[str] = ()) -> AsyncGenerator[Sandbox]:
    """A sandbox that holds the files of `version`, but not those `without` which it is to be."""
    sandbox = await resources.kit.sandbox()
    try:
        files = await resources.projects.files(resources.record.project, version)
        kept = {path: FileContent(*content) for path, content in files.items() if path not in without}
        await sandbox.write(kept)
        yield sandbox
    finally:
        await sandbox.close()


async def put(resources: Resources, sandbox: Sandbox, version: str, paths: Collection[str]) -> None:
    """Write those of `paths` that `version` has into `sandbox`."""
    files = await resources.projects.files(resources.record.project, version)
    await sandbox.write({path: FileContent(*files[path]) for path in paths if path in files})


async def publish(
    resources: Resources,
    running: Step,
    base: str,
    sandbox: Sandbox,
    may_write: Callable[[str], str | None],
    *,
    since: Manifest | None = None,
) -> str:
    """Publish what changed in `sandbox` since version `base` to the run's branch, and return the new version.

    What the step may not write is left behind, and named in its record; what the kit calls generated stays as it was.
    `since`: what the sandbox held at first, where that was not `base`.
    """
    projects, project = resources.projects, resources.record.project
    before = outside(resources.kit.generated, await projects.manifest(project, base) if since is None else since)
    after = await sandbox.snapshot()
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    refused = [path for path in changed if may_write(path)]
    kept = [path for path in changed if path not in refused]
    if refused:
        left = f"left behind, as this step does not own them: {', '.join(refused)}"
        running.note = f"{running.note}; {left}" if running.note else left
    await projects.put_blobs(project, resources.fence, [await sandbox.read(path) for path in kept if path in after])
    changes = {path: Change(before.get(path), after.get(path)) for path in kept}
    with resources.tracer.span(names.SPAN_PUBLISH, slipway__step=running.path) as span:
        revision = await projects.publish(project, resources.fence, step=running.path, attempt=1, changes=changes)
        span.set_attribute(names.VERSION, revision.version)
        span.set_attribute(names.REVISION, revision.number)
    running.version = revision.version
    await resources.events.append(
        Published(step=running.path, revision=revision.number, version=revision.version, paths=tuple(kept))
    )
    return revision.version

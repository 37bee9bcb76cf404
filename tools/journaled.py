from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from ..models import digest
from ..sandboxes import FileContent, Sandbox, SandboxRefusal
from ..state import Fence, Journal, ProjectStore
from ..state.records import FileRef, JournalEntry, Manifest
from ..telemetry import Tracer, names
from .base import ToolRequest, ToolResult
from .toolbox import Executing


class _Answer(BaseModel):
    text: str
    ok: bool
    seconds: float
    malformed: bool = False
    changes: dict[str, str | None]
    """What the call did to the workspace: path -> encoded file, None for a removed one."""


class Journaled:
    """Tools whose every result of a run is recorded with the edits that came with it.

    A call that was answered before is not executed again: its edits are repeated and its recorded text is returned.
    Executing it again would give other timings and temporary paths, and with them other requests to the model.
    """

    def __init__(
        self,
        inner: Executing,
        journal: Journal,
        projects: ProjectStore,
        project: str,
        fence: Fence,
        sandbox: Sandbox,
        tracer: Tracer,
    ) -> None:
        self._inner = inner
        self._journal = journal
        self._projects = projects
        self._project = project
        self._fence = fence
        self._sandbox = sandbox
        self._tracer = tracer

    @property
    def schemas(self) -> tuple[dict[str, Any], ...]:
        """What the model is told of them."""
        return self._inner.schemas

    async def call(self, request: ToolRequest) -> ToolResult:
        """The recorded result of `request`, else the inner tools', recorded before it is returned."""
        canonical = json.dumps([request.name, request.arguments], sort_keys=True, ensure_ascii=False)
        key = digest(canonical)
        known = await self._journal.find(request.step, request.index, "tool", key)
        if known is None:
            return await self._execute(request, canonical, key)
        self._tracer.event(names.SPAN_JOURNAL_HIT, slipway__step=request.step, slipway__kind="tool")
        answer = _Answer.model_validate_json(known.reply)
        await self._repeat(answer.changes)
        return ToolResult(answer.text, answer.ok, answer.seconds, answer.malformed, True, answer.changes)

    async def _execute(self, request: ToolRequest, canonical: str, key: str) -> ToolResult:
        before = await self._before(request)
        result = await self._inner.call(request)
        changes, heavy = ({}, []) if before is None else await self._changes(before)
        if heavy:
            result = replace(result, text="\n".join([result.text, *heavy]), ok=False)
        answer = _Answer(
            text=result.text, ok=result.ok, seconds=result.seconds, malformed=result.malformed, changes=changes
        )
        entry = JournalEntry(
            step=request.step, index=request.index, kind="tool", digest=key, request=canonical,
            reply=answer.model_dump_json(),
        )  # fmt: skip
        await self._journal.record(entry)
        return replace(result, changed=changes)

    async def _before(self, request: ToolRequest) -> Manifest | None:
        return await self._sandbox.snapshot() if self._inner.changes_files(request.name) else None

    async def _changes(self, before: Manifest) -> tuple[dict[str, str | None], list[str]]:
        """What became of files; and what is said of those that no version could hold, which are removed."""
        after = await self._sandbox.snapshot()
        read = await self._sandbox.read_many([path for path, ref in after.items() if before.get(path) != ref])
        refused = {path: data for path, data in read.items() if isinstance(data, SandboxRefusal)}
        if refused:
            await self._remove_heavy(refused)
        contents = {path: data for path, data in read.items() if isinstance(data, bytes)}
        await self._projects.put_blobs(self._project, self._fence, list(contents.values()))
        changes: dict[str, str | None] = {path: after[path].encode() for path in contents}
        gone = {path: None for path in before if path not in after or path in refused}
        return changes | gone, [f"{path} was removed: {why}; write less" for path, why in refused.items()]

    async def _remove_heavy(self, refused: Mapping[str, SandboxRefusal]) -> None:
        for refusal in refused.values():
            if refusal.code != "too_large":
                raise refusal
        await self._sandbox.remove(list(refused))

    async def _repeat(self, changes: dict[str, str | None]) -> None:
        refs = {path: FileRef.decode(text) for path, text in changes.items() if text is not None}
        blobs = await self._projects.get_blobs(self._project, {ref.digest for ref in refs.values()})
        await self._sandbox.remove([path for path, text in changes.items() if text is None])
        await self._sandbox.write({p: FileContent(blobs[r.digest], r.executable) for p, r in refs.items()})

"""The one conversation of an agent that does every stage: kept with the project, so that a run that goes on has it.

A checkpoint holds its digest only. A step begins with what was said when the step before it ended, so a step that runs
again asks the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage, messages_from_dict, messages_to_dict

from .resources import Resources


async def said(run: Resources, digest: str) -> tuple[BaseMessage, ...]:
    """What was said until now; "": nothing."""
    if not digest:
        return ()
    blobs = await run.projects.get_blobs(run.record.project, [digest])
    return tuple(messages_from_dict(json.loads(blobs[digest])))


async def kept(run: Resources, messages: Sequence[BaseMessage]) -> dict[str, Any]:
    """Keep what was said, as a state update; nothing where every stage has a conversation of its own."""
    if run.record.lineup.history == "stage":
        return {}
    text = json.dumps(messages_to_dict(messages), ensure_ascii=False, sort_keys=True)
    data = run.secrets.masked(text).encode("utf-8", "surrogatepass")
    [digest] = await run.projects.put_blobs(run.record.project, run.fence, [data])
    return {"talk": digest}

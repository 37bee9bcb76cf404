"""The calls in an endpoint's log: one counter for whoever asked, by whatever framework."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, Field, JsonValue

from ...state.records import Record


class PlayedCall(Record):
    """One request of an endpoint's log, and how it ended."""

    ended: AwareDatetime
    model: str | None
    """None: it could not be read."""
    digest: str | None
    turn: int | None
    """Assistant messages before it."""
    role: str | None
    """The part that was played, as the player saw it, or else as the request's system message names it."""
    status: int | None
    """Of HTTP; None where a fault came instead of an answer."""
    fault: str | None = None
    """What went wrong with it on purpose."""
    input_tokens: int = Field(default=0, ge=0)
    """Of an answer with status 200, and else 0: what failed is counted as free."""
    cached_tokens: int = Field(default=0, ge=0)
    """The part of `input_tokens` that a provider's cache is taken to have."""
    output_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(ge=0)
    """Real ones."""
    simulated_seconds: float = Field(default=0.0, ge=0)
    """What a model far away would have taken."""
    misses: tuple[str, ...] = ()
    """Kinds of facts that were missing in the prompt, one for each thing that was not done for that."""
    reason: str | None = None
    """Why it was refused."""
    notes: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """All that the player noted."""

    @property
    def answered(self) -> bool:
        """Whether the client got what was said, whole."""
        return self.status == 200 and self.fault is None


def calls_of(log: Path) -> list[PlayedCall]:
    """The calls in `log` that ended, in the order in which they did; none where there is no such file.

    A call whose client left before its answer is not among them, nor is a last line that a killed endpoint left half.
    """
    if not log.exists():
        return []
    return [_call(line) for line in _lines(log) if line["event"] in ("answered", "fault")]


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    for text in log.read_text(encoding="utf-8").splitlines(keepends=True):
        if text.endswith("\n"):
            yield json.loads(text)


def _call(line: dict[str, Any]) -> PlayedCall:
    usage: dict[str, Any] = line.get("usage") or {}
    notes: dict[str, Any] = line.get("notes", {})
    return PlayedCall(
        ended=line["at"],
        model=line["model"],
        digest=line["digest"],
        turn=line["turn"],
        role=notes.get("role") or line["role"],
        status=line.get("status"),
        fault=line.get("fault"),
        input_tokens=usage.get("prompt_tokens", 0),
        cached_tokens=usage.get("prompt_tokens_details", {}).get("cached_tokens", 0),
        output_tokens=usage.get("completion_tokens", 0),
        seconds=line["seconds"],
        simulated_seconds=notes.get("simulated_seconds", 0.0),
        misses=tuple(notes.get("misses", ())),
        reason=line.get("reason"),
        notes=notes,
    )

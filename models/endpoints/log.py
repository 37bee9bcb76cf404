from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from .answers import Usage
from .base import Asked, Fault, Said


class RequestLog:
    """One JSON line when a request arrives, one before the last byte of its answer leaves, one when a fault begins.

    Opened in append mode and flushed line by line, so that several endpoints, and the same one after a kill, may share
    a file. A request whose client left before its answer, or that met a fault instead of it, has no line of an answer.
    With no path it keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else path.open("a", encoding="utf-8")

    def arrived(self, asked: Asked | None) -> LoggedCall:
        """Write the first line; every field of a request that was not understood is null."""
        return LoggedCall(self, asked)

    def write(self, line: dict[str, Any]) -> None:
        """Write one line, with the time before it."""
        if self._file is not None:
            self._file.write(json.dumps({"at": datetime.now(UTC).isoformat()} | line) + "\n")
            self._file.flush()

    def __enter__(self) -> RequestLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()


class LoggedCall:
    """The lines of one request; joined by `digest` where the same request was not made twice."""

    def __init__(self, log: RequestLog, asked: Asked | None) -> None:
        self._log = log
        self._started = time.perf_counter()
        self._facts: dict[str, Any] = {
            "digest": asked and asked.digest,
            "model": asked and asked.model,
            "role": asked and asked.role,
            "turn": asked and asked.turn,
            "streamed": asked and asked.streamed,
        }
        self._notes: dict[str, Any] = {}
        log.write({"event": "asked"} | self._facts)

    def noting(self, said: Said) -> None:
        """Have the notes of `said`, if it has any, in the next line."""
        self._notes = {"notes": dict(said.notes)} if said.notes else {}

    def meets(self, fault: Fault) -> None:
        """Have `fault` in the line of the answer, which arrives nevertheless."""
        self._notes |= {"fault": fault.kind}

    def failed(self, fault: str) -> None:
        """Write the line of a fault: its kind, and the seconds since the first line."""
        self._write("fault", {"fault": fault, "seconds": self._seconds()})

    def answered(self, status: int, *, usage: Usage | None = None, reason: str | None = None) -> None:
        """Write the last line: the HTTP status, the seconds since the first, and the usage or the reason."""
        outcome = {"status": status, "seconds": self._seconds(), "usage": usage and usage.body(), "reason": reason}
        self._write("answered", outcome)

    def _write(self, event: str, outcome: dict[str, Any]) -> None:
        self._log.write({"event": event} | self._facts | outcome | self._notes)

    def _seconds(self) -> float:
        return round(time.perf_counter() - self._started, 6)

"""How the journal keeps requests: in parts, each of them once a run.

A request of a conversation repeats the one before it and adds to it: kept whole, they would grow with the square of the
conversation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from pydantic import Field

from .records import Record

_HEAD = '{"messages":['
_DECODER = json.JSONDecoder()


class Parted(Record):
    """A request whose parts are kept elsewhere."""

    sha256: str
    """Of the whole request."""
    parts: tuple[str, ...] = Field(min_length=1)
    """The digests of its messages, and of all that stands behind them."""

    def whole(self, texts: Mapping[str, str]) -> str | None:
        """The request, made of `texts` by their digests; None where they do not give it."""
        *messages, tail = (texts[part] for part in self.parts)
        request = _join(messages, tail)
        return request if _sha256(request) == self.sha256 else None


def take_apart(request: str) -> tuple[Parted, dict[str, str]] | None:
    """A request and its parts by their digests; None where it is not the canonical request of a model."""
    texts = _split(request)
    if texts is None:
        return None
    named = [(_sha256(text)[:32], text) for text in texts]
    return Parted(sha256=_sha256(request), parts=tuple(name for name, _ in named)), dict(named)


def _split(request: str) -> list[str] | None:
    """The texts of the messages, and what stands behind them."""
    if not request.startswith(_HEAD):
        return None
    try:
        ends = list(_borders(request))
    except (ValueError, IndexError, RecursionError):  # not JSON, cut off, or too deep to be read
        return None
    starts = [len(_HEAD), *(end + 1 for end in ends)]
    messages = [request[start:end] for start, end in zip(starts, ends, strict=False)]
    tail = request[ends[-1] if ends else len(_HEAD) :]
    return [*messages, tail] if _join(messages, tail) == request else None


def _borders(request: str) -> Iterator[int]:
    """Where each message ends."""
    at = len(_HEAD)
    while request[at] != "]":
        _, end = _DECODER.raw_decode(request, at)
        yield end
        at = end + (request[end] == ",")


def _join(messages: list[str], tail: str) -> str:
    return _HEAD + ",".join(messages) + tail


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

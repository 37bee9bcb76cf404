"""One request to a service in a sandbox. What answers is the project's code: everything of it is bounded."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ...sandboxes import SandboxError, Stream
from ...sandboxes.services import Service

_HEAD = 64 << 10
"""Bytes in which the head of an answer has to come."""
_SECONDS = 5.0


class Unanswered(Exception):
    """There was no answer in HTTP; the message says what happened instead."""


@dataclass(frozen=True)
class Reply:
    """An answer, as far as it was read."""

    status: int
    media_type: str
    """In small letters, without parameters."""
    body: bytes


async def ask(
    service: Service, method: str, path: str, *, body: bytes | None = None, accept: str = "*/*", limit: int = 0
) -> Reply:
    """What `service` answers to a request, with at most `limit` bytes of its body. Unanswered where it does not.

    HTTP/1.0, so that an answer ends with its connection and is not sent in chunks.
    """
    head = [f"{method} {path} HTTP/1.0", f"Host: localhost:{service.port}", f"Accept: {accept}", "Connection: close"]
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    request = "\r\n".join([*head, "", ""]).encode("ascii", "replace") + (body or b"")
    try:
        async with asyncio.timeout(_SECONDS):
            return await _exchange(service, request, limit)
    except TimeoutError:
        raise Unanswered(f"does not answer within {_SECONDS:g} s") from None
    except (SandboxError, OSError) as error:
        raise Unanswered(f"gets no answer: {error}") from None


async def _exchange(service: Service, request: bytes, limit: int) -> Reply:
    stream = await service.connect()
    try:
        await stream.write(request)
        head, _, body = (await _until(stream, b"", b"\r\n\r\n", _HEAD)).partition(b"\r\n\r\n")
        status, media_type = _read(head)
        return Reply(status, media_type, (await _until(stream, body, None, limit))[:limit] if limit else b"")
    finally:
        await stream.close()


async def _until(stream: Stream, data: bytes, mark: bytes | None, limit: int) -> bytes:
    while (mark is None or mark not in data) and len(data) < limit and (piece := await stream.read()):
        data += piece
    return data


def _read(head: bytes) -> tuple[int, str]:
    first, *fields = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not (words[1].isascii() and words[1].isdigit()):
        raise Unanswered("closes the connection without an answer" if not head else "does not answer in HTTP")
    named = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    return int(words[1]), named.get("content-type", "").partition(";")[0].strip().lower()

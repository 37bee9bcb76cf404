"""The raw stream under a sandbox: every byte in its place however it arrives, and never a wait without an end."""

from __future__ import annotations

import asyncio
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.sandboxes import SandboxUnavailable
from slipway.sandboxes.docker.streams import Attachment, attach
from slipway.sandboxes.resident.frames import FrameReader

Serve = Callable[[Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]], Awaitable[Path]]
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"


async def everything(replies: FrameReader) -> bytes:
    """All that comes, to the end."""
    got, over = bytearray(), asyncio.Event()
    replies.listen(got.extend, lambda reason: over.set())
    await over.wait()
    return bytes(got)


def frame(stream: int, data: bytes) -> bytes:
    return struct.pack(">BxxxI", stream, len(data)) + data


@given(
    st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=40)), max_size=8),
    st.lists(st.integers(min_value=1, max_value=30), min_size=1),
)
def test_frames_are_taken_apart_wherever_they_are_cut(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    async def fed() -> tuple[bytes, bytes, bytes]:
        attachment = Attachment()
        data = UPGRADED + b"".join(frame(*each) for each in frames)
        position = number = 0
        while position < len(data):
            size = cuts[number % len(cuts)]
            attachment.data_received(data[position : position + size])
            position, number = position + size, number + 1
        attachment.eof_received()
        return await attachment.answered, await everything(attachment.replies), attachment.said

    answer, out, err = asyncio.run(fed())
    assert (answer, out, err) == (
        UPGRADED.partition(b"\r\n\r\n")[0],
        b"".join(data for stream, data in frames if stream == 1),
        b"".join(data for stream, data in frames if stream == 2),
    )


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[asyncio.Server] = []
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder:

        async def start(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> Path:
            path = Path(folder, f"{len(servers)}")
            servers.append(await asyncio.start_unix_server(answer, path))
            return path

        yield start
        for server in servers:
            server.close()
            await server.wait_closed()


async def attached(path: Path, deadline: float = 60.0) -> tuple[Attachment, asyncio.StreamWriter]:
    async def dial(make: Callable[[], Attachment]) -> tuple[asyncio.Transport, Attachment]:
        return await asyncio.get_running_loop().create_unix_connection(make, str(path))

    return await attach(dial, "/containers/x/attach", deadline=deadline)


async def test_what_is_written_and_read_goes_through_whole(serve: Serve) -> None:
    data = bytes(range(256)) * 40_000

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"POST /containers/x/attach HTTP/1.1\r\n")
        writer.write(UPGRADED)
        got = await reader.readexactly(len(data))
        for start in range(0, len(got), 32 << 10):
            writer.write(frame(1, got[start : start + (32 << 10)]))
            await writer.drain()
        writer.close()

    attachment, writer = await attached(await serve(echo))
    writer.write(data)
    await writer.drain()
    assert await everything(attachment.replies) == data
    assert attachment.over
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 404 Not Found"),
        (b"HTTP/1.1 500 Internal\r\n\r\n", "500"),
        (b"", "it hung up"),
        (b"nonsense" * 10_000, "it hung up"),
    ],
)
async def test_any_other_answer_is_no_stream(serve: Serve, answer: bytes, said: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    with pytest.raises(SandboxUnavailable, match=said):
        await attached(await serve(refuse))


async def test_no_answer_is_waited_for_without_end(serve: Serve) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    with pytest.raises(SandboxUnavailable, match="too late"):
        await attached(await serve(silent), deadline=0.1)

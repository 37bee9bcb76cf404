"""The host's end of the channel, against agents that were taken over: whatever they send, the host ends them."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from textwrap import dedent

import pytest

from slipway.sandboxes import SandboxGone, SandboxRefusal
from slipway.sandboxes.resident.channel import Channel

PRELUDE = """
import json, os, struct, sys, time
def frame(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    sys.stdout.buffer.write(struct.pack(">II", len(text), len(body)) + text + body)
    sys.stdout.buffer.flush()
def request():
    header, body = struct.unpack(">II", sys.stdin.buffer.read(8))
    return json.loads(sys.stdin.buffer.read(header)), sys.stdin.buffer.read(body)
frame({"id": 0, "hello": 1})
"""


class Life:
    """A plain process in the place of a sandbox."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()

    async def ended(self) -> str:
        await self.process.wait()
        return ""


Start = Callable[[str], Awaitable[tuple[Channel, Life]]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    channels: list[Channel] = []

    async def begin(program: str) -> tuple[Channel, Life]:
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-I", "-S", "-c", PRELUDE + dedent(program))
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        assert process.stdin is not None and process.stdout is not None
        life = Life(process)
        channels.append(Channel(process.stdout, process.stdin, life))
        await channels[-1].hello(deadline=60)
        return channels[-1], life

    yield begin
    for channel in channels:
        await channel.close()


def sizes(reply: dict[str, object], data: bytes) -> tuple[object, int]:
    return reply["said"], len(data)


async def test_requests_and_replies_are_paired(start: Start) -> None:
    channel, _ = await start("""
        while True:
            header, body = request()
            frame({"id": header["id"], "said": header["op"]}, body * 2)
    """)
    assert await channel.call({"op": "a"}, sizes, body=b"123", deadline=60) == ("a", 6)
    both = [channel.call({"op": name}, sizes, body=name.encode(), deadline=60) for name in ("b", "cc")]
    assert await asyncio.gather(*both) == [("b", 2), ("cc", 4)]


async def test_replies_that_nobody_asked_for_are_dropped(start: Start) -> None:
    channel, _ = await start("""
        header, _ = request()
        for number in (0, 99, -1, None, "1", [1], {}):
            frame({"id": number, "said": "forged"})
        frame({"said": "forged"})
        frame({"id": header["id"], "said": "true"})
        request()
    """)
    assert await channel.call({"op": "x"}, sizes, deadline=60) == ("true", 0)


async def test_a_refusal_is_passed_on_without_what_could_steer_a_terminal(start: Start) -> None:
    channel, _ = await start("""
        while True:
            header, _ = request()
            frame({"id": header["id"], "error": ["no_space", "full \\x1b[2J" + "x" * 5000]})
    """)
    for _ in range(2):
        with pytest.raises(SandboxRefusal) as refusal:
            await channel.call({"op": "x"}, sizes, deadline=60)
        assert (refusal.value.code, str(refusal.value)[:10], len(str(refusal.value))) == (
            "no_space",
            "full [2Jxx",
            1999,
        )


BROKEN = {
    "a header that is too long": 'sys.stdout.buffer.write(struct.pack(">II", 1 << 30, 0))',
    "a body that is too long": 'sys.stdout.buffer.write(struct.pack(">II", 2, 1 << 31))',
    "not JSON": 'frame(b"{nope")',
    "not text": 'frame(b"\\xff\\xfe")',
    "no object": 'frame(b"[1]")',
    "too deep": 'frame(b"[" * 1000000)',
    "an endless number": 'frame(b"1" * 1000000)',
    "the wrong fields": 'frame({"id": 1})',
    "an unknown refusal": 'frame({"id": 1, "error": ["run_this", "x"]})',
    "a refusal of another shape": 'frame({"id": 1, "error": {"code": 1}})',
}


@pytest.mark.parametrize("attack", BROKEN.values(), ids=BROKEN.keys())
async def test_the_first_violation_ends_the_sandbox(start: Start, attack: str) -> None:
    channel, life = await start(f"request()\n{attack}\nsys.stdout.flush()\ntime.sleep(60)")
    with pytest.raises(SandboxGone, match="broke its protocol"):
        await channel.call({"op": "x"}, sizes, deadline=60)
    assert life.process.returncode == -9
    with pytest.raises(SandboxGone, match="broke its protocol"):
        await channel.call({"op": "x"}, sizes, deadline=60)


@pytest.mark.parametrize(
    "silence",
    [
        "time.sleep(60)",
        "request(); time.sleep(60)",
        'request()\nwhile True:\n    frame({"id": 77})',
        'request()\nwhile True:\n    sys.stdout.buffer.write(b"\\0"); sys.stdout.flush(); time.sleep(0.05)',
    ],
    ids=["deaf", "mute", "babbling", "dribbling"],
)
async def test_no_agent_can_make_the_host_wait(start: Start, silence: str) -> None:
    channel, life = await start(silence)
    began = time.monotonic()
    with pytest.raises(SandboxGone):
        await channel.call({"op": "x"}, sizes, body=bytes(1 << 20), deadline=0.5)
    assert time.monotonic() - began < 30
    assert life.process.returncode is not None


async def test_an_agent_that_ends_is_gone_not_a_hang(start: Start) -> None:
    channel, _ = await start("request(); sys.exit(3)")
    with pytest.raises(SandboxGone, match="the sandbox ended"):
        await channel.call({"op": "x"}, sizes, deadline=60)


FLOODING = {
    "more than its credit": 'frame({"stream": n, "piece": "stdout"}, bytes(5 << 20))',
    "events without end": 'while True:\n    frame({"stream": n, "piece": "stdout"})',
    "a credit that is none": 'frame({"stream": n, "credit": -5})',
    "credit that nobody used": 'while True:\n    frame({"stream": n, "credit": 1})',
    "an event with a long header": 'frame({"stream": n, "piece": "stdout", "x": ["x"] * 100000})',
    "megabytes that nobody asked for": 'while True:\n    frame({"stream": 999, "x": "x" * 3000000})',
    "a credit without bounds": 'frame({"stream": n, "credit": 1 << 60})',
    "a connection that is ours": 'frame({"stream": n, "accepted": n})',
    "the same connection twice": 'frame({"stream": n, "accepted": -1}); frame({"stream": n, "accepted": -1})',
    "connections without end": 'for m in range(5000):\n    frame({"stream": n, "accepted": -1 - m})',
}


@pytest.mark.parametrize("attack", FLOODING.values(), ids=FLOODING.keys())
async def test_a_stream_that_takes_more_than_it_may_ends_the_sandbox(start: Start, attack: str) -> None:
    """Nobody has to read a stream, so what it may make the host hold is bounded."""
    channel, life = await start(f"n = request()[0]['stream']\n{attack}\nsys.stdout.flush()\ntime.sleep(60)")
    flow = channel.flow()
    channel.tell({"stream": flow.number, "op": "x"})
    async with asyncio.timeout(60):
        await life.ended()
        with pytest.raises(SandboxGone, match="broke its protocol"):
            while True:
                await flow.next()


async def test_bytes_of_a_stream_wait_for_credit(start: Start) -> None:
    channel, _ = await start("""
        n, size = request()[0]["stream"], 0
        while size < 1 << 20:
            _, body = request()
            size += len(body)
            frame({"stream": n, "credit": len(body)})
        frame({"stream": n, "end": True}, b"%d" % size)
        request()
    """)
    flow = channel.flow()
    channel.tell({"stream": flow.number, "op": "x"})
    await flow.send(bytes(1 << 20))
    assert await flow.next() == ({"stream": flow.number, "end": True}, b"1048576")


async def test_a_request_that_is_too_large_is_refused_before_it_is_sent(start: Start) -> None:
    channel, _ = await start("""
        while True:
            frame({"id": request()[0]["id"], "said": "ok"})
    """)
    with pytest.raises(SandboxRefusal):
        await channel.call({"op": "x" * (5 << 20)}, sizes, deadline=60)
    assert await channel.call({"op": "x"}, sizes, deadline=60) == ("ok", 0)

"""Commands that are talked to while they run: output as it comes, input as it is needed, terminals, ports."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from slipway.sandboxes import (
    Command,
    FakeSandbox,
    FileContent,
    Piece,
    Process,
    Sandbox,
    SandboxGone,
    SandboxRefusal,
    Stream,
    Terminal,
)


async def code_of(call: object) -> str:
    with pytest.raises(SandboxRefusal) as refusal:
        await call  # type: ignore[misc]
    return refusal.value.code


async def line(process: Process) -> str:
    """The next line of its output, in however many pieces it comes."""
    data = b""
    while not data.endswith(b"\n"):
        data += (await anext(aiter(process))).data
    return data.decode()


async def whole(stream: Stream) -> bytes:
    data = b""
    while piece := await stream.read():
        data += piece
    return data


async def test_output_comes_as_it_is_written(real: Sandbox) -> None:
    script = "echo one; read answer; echo two $answer >&2; read answer; exit 3"
    async with await real.start(Command.shell(script)) as process:
        assert await line(process) == "one\n"
        await process.write(b"x\n")
        assert [piece async for piece in process if await told(process)] == [Piece("stderr", b"two x\n")]
        result = await process.wait()
    assert (result.exit_code, result.stdout.text, result.stderr.text) == (3, "one\n", "two x\n")


async def told(process: Process) -> bool:
    await process.end_input()
    return True


async def test_one_command_at_a_time_but_files_meanwhile(real: Sandbox) -> None:
    """Ending a command kills every process of the sandbox, so a second one would die with the first."""
    async with await real.start(Command(("cat",))) as process:
        assert await code_of(real.exec(Command(("true",)))) == "busy"
        assert await code_of(real.start(Command(("true",)))) == "busy"
        await real.write({"a": FileContent(b"x")})
        assert await real.read("a") == b"x"
        assert list(await real.snapshot()) == ["a"]
        fork = await real.fork()
        assert (await fork.exec(Command(("cat", "a")))).stdout.text == "x"
        await fork.close()
        await process.end_input()
        assert (await process.wait()).ok
    assert (await real.exec(Command(("true",)))).ok


async def test_leaving_it_ends_it_and_all_that_it_started(real: Sandbox) -> None:
    async with await real.start(
        Command.shell("setsid sleep 86395 & echo up; sleep 86395", timeout=math.inf)
    ) as process:
        assert await line(process) == "up\n"
        assert (await real.health()).processes >= 2
    assert (await real.health()).processes == 0
    assert (await process.wait()).exit_code == 137


async def test_a_timeout_is_a_result_here_too(real: Sandbox) -> None:
    process = await real.start(Command(("sleep", "60"), timeout=0.3))
    result = await process.wait()
    assert (result.exit_code, result.timed_out) == (124, True)


async def test_a_program_that_is_not_there_is_a_result_here_too(real: Sandbox) -> None:
    process = await real.start(Command(("no-such-program",)))
    assert (await process.wait()).exit_code == 127
    assert (await real.exec(Command(("true",)))).ok


async def test_a_slow_reader_slows_the_command_and_loses_nothing(real: Sandbox) -> None:
    size = 3_000_000
    async with await real.start(Command(("head", "-c", str(size), "/dev/zero"))) as process:
        await asyncio.sleep(0.5)
        assert (await real.health()).processes == 1
        assert sum([len(piece.data) async for piece in process]) == size
        result = await process.wait()
    assert (result.stdout.size, len(result.stdout.data)) == (size, 65536)


async def test_input_waits_for_a_slow_command(real: Sandbox) -> None:
    async with await real.start(Command.shell("sleep 0.5; wc -c")) as process:
        await process.write(bytes(5_000_000))
        await process.end_input()
        assert (await process.wait()).stdout.text == "5000000\n"


async def test_input_that_is_given_at_the_start_comes_while_output_is_read(real: Sandbox) -> None:
    """More of it than pipes hold must not keep the caller from reading."""
    data = bytes(4 << 20)
    async with await real.start(Command(("cat",), stdin=data)) as process:
        assert sum([len(piece.data) async for piece in process]) == len(data)
        assert (await process.wait()).ok


async def test_a_fork_beside_a_start_is_made(real: Sandbox) -> None:
    await real.write({"a": FileContent(b"x")})
    for _ in range(4):
        fork, process = await asyncio.gather(real.fork(), real.start(Command(("sleep", "60"))))
        assert await fork.read("a") == b"x"
        await fork.close()
        await process.stop()


async def test_input_that_nobody_reads_is_dropped(real: Sandbox) -> None:
    async with await real.start(Command.shell("exec <&-; sleep 0.5")) as process:
        async with asyncio.timeout(60):
            await process.write(bytes(5_000_000))
            assert (await process.wait()).ok


async def test_a_terminal_is_one(real: Sandbox) -> None:
    """Programs ask for it before they colour, prompt or draw."""
    script = "test -t 0 && test -t 1 && test -t 2 && stty size; read x; stty size; exec cat"
    async with await real.start(Command(("sh", "-c", script), terminal=Terminal(30, 100))) as process:
        assert await line(process) == "30 100\r\n"
        await process.resize(Terminal(40, 90))
        await process.write(b"\n")
        shown = ""
        while "40 90" not in shown:
            shown += await line(process)
        await process.end_input()
        assert (await process.wait()).exit_code == 0


async def test_ctrl_c_on_a_terminal_interrupts(real: Sandbox) -> None:
    command = Command(
        ("sh", "-c", "trap 'echo caught; exit 5' INT; echo up; while :; do sleep 0.1; done"), terminal=Terminal()
    )
    async with await real.start(command) as process:
        assert await line(process) == "up\r\n"
        await process.write(b"\x03")
        assert (await process.wait()).exit_code == 5


async def test_a_terminal_works_for_a_plain_command_too(real: Sandbox) -> None:
    result = await real.exec(Command(("tty",), terminal=Terminal()))
    assert (result.exit_code, result.stdout.text.startswith("/dev/pts/")) == (0, True)


@pytest.mark.parametrize("terminal", [Terminal(0, 80), Terminal(24, -1), Terminal(5000, 80)])
async def test_a_terminal_without_a_size_is_refused(real: Sandbox, terminal: Terminal) -> None:
    assert await code_of(real.start(Command(("true",), terminal=terminal))) == "bad_request"


ECHO = """
import socket
server = socket.create_server(("127.0.0.1", 8123))
print("up", flush=True)
while True:
    client, _ = server.accept()
    while data := client.recv(65536):
        client.sendall(data.upper())
    client.close()
"""


@pytest.fixture
async def echo(real: Sandbox) -> AsyncIterator[Process]:
    async with await real.start(Command(("python3", "-c", ECHO), timeout=math.inf)) as process:
        assert await line(process) == "up\n"
        yield process


async def test_a_program_of_the_sandbox_can_be_talked_to(real: Sandbox, echo: Process) -> None:
    stream = await real.connect(8123)
    await stream.write(b"hello")
    assert await stream.read() == b"HELLO"
    await stream.end()
    assert await stream.read() == b""
    await stream.close()


async def test_much_passes_through_a_connection_both_ways_at_once(real: Sandbox, echo: Process) -> None:
    stream = await real.connect(8123)
    data = b"abcdefgh" * 500_000

    async def send() -> None:
        await stream.write(data)
        await stream.end()

    received, _ = await asyncio.gather(whole(stream), send())
    assert received == data.upper()


async def test_a_port_that_nobody_listens_on_is_said(real: Sandbox) -> None:
    assert await code_of(real.connect(9)) == "not_listening"
    assert [await code_of(real.connect(port)) for port in (0, 65536, -1)] == ["bad_request"] * 3


async def test_a_connection_ends_with_its_program(real: Sandbox, echo: Process) -> None:
    stream = await real.connect(8123)
    await echo.stop()
    assert await stream.read() == b""
    with pytest.raises(ConnectionResetError):
        async with asyncio.timeout(60):
            while True:
                await stream.write(bytes(65536))
                await asyncio.sleep(0.01)


ASK = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s:
    s.sendall(b"may I?")
    s.shutdown(1)
    print(s.recv(100).decode())
"""


async def test_the_host_answers_on_a_port_of_the_sandbox(real: Sandbox) -> None:
    """How an install step gets out: by asking, and only then."""
    async with await real.listen() as listener:
        asking = asyncio.create_task(real.exec(Command(("python3", "-c", ASK, str(listener.port)))))
        stream = await listener.accept()
        assert await whole(stream) == b"may I?"
        await stream.write(b"you may")
        await stream.close()
        assert (await asking).stdout.text == "you may\n"
    refused = await real.exec(Command(("python3", "-c", ASK, str(listener.port))))
    assert "ConnectionRefusedError" in refused.stderr.text


async def test_the_end_of_the_sandbox_ends_everything_that_waits(real: Sandbox, echo: Process) -> None:
    stream = await real.connect(8123)
    async with await real.listen() as listener:
        waiting = [asyncio.create_task(call) for call in (stream.read(), listener.accept(), echo.wait())]
        await asyncio.sleep(0.1)
        await real.close()
        done = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in done] == [SandboxGone] * 3


async def test_what_the_fake_does_not_do_it_refuses(tmp_path: Path) -> None:
    """A test that passes with it must not rest on something that it only seems to do."""
    fake = FakeSandbox()
    calls = [
        fake.start(Command(("true",))),
        fake.connect(80),
        fake.listen(),
        fake.exec(Command(("true",), terminal=Terminal())),
    ]
    assert [await code_of(call) for call in calls] == ["unsupported"] * 4

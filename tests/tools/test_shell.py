"""What a command did is told as it was: a failure is a result, and no output floods the model or its reader."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from slipway.sandboxes import FakeSandbox, FileContent, Sandbox
from slipway.sandboxes.fake import Returned

Ask = Callable[..., Awaitable[str]]


async def test_a_command_runs_at_the_root_of_the_project(real: Sandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    await real.write({"a.txt": FileContent(b"one\n")})
    text = await ask_on(real)("run", command="pwd; cat a.txt; echo oops >&2; exit 3")
    assert re.sub(r"\d+\.\d\d s", "T", text) == "exit status 3, T\n--- stdout\n/workspace\none\n\n--- stderr\noops\n"


async def test_a_command_that_takes_too_long_is_a_result(real: Sandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    text = await ask_on(real)("run", command="echo begun; sleep 60", timeout=3)
    assert re.fullmatch(r"timed out after 3 s, \d+\.\d\d s\n--- stdout\nbegun\n", text)


async def test_silence_is_told_as_silence(fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    assert await ask_on(fake)("run", command="true") == "exit status 0, 0.00 s"


async def test_escapes_do_not_reach_the_model_or_a_terminal(ask_on: Callable[[Sandbox], Ask]) -> None:
    said = "\x1b[2Jred\x07 \u202eevil\u202c\r\ntab\tend".encode()
    sandbox = FakeSandbox({"say": lambda call: Returned(stdout=said, stderr=b"\x1b]0;title\x07")})
    assert await ask_on(sandbox)("run", command="say") == (
        "exit status 0, 0.00 s\n--- stdout\n[2Jred evil\ntab\tend\n--- stderr\n]0;title"
    )


async def test_output_is_bounded_and_keeps_its_head_and_tail(ask_on: Callable[[Sandbox], Ask]) -> None:
    said = b"first" + b"x" * 19_990 + b"last!"
    sandbox = FakeSandbox({"say": lambda call: Returned(stdout=said)})
    assert await ask_on(sandbox)("run", command="say") == (
        f"exit status 0, 0.00 s\n--- stdout\nfirst{'x' * 5995}\n[8000 characters left out]\n{'x' * 5995}last!"
    )


async def test_output_beyond_what_the_sandbox_keeps_is_bounded_too(ask_on: Callable[[Sandbox], Ask]) -> None:
    sandbox = FakeSandbox({"flood": lambda call: Returned(stdout=b"y\n" * 5_000_000, stderr=b"z" * 5_000_000)})
    text = await ask_on(sandbox)("run", command="flood")
    assert len(text) < 25_000
    assert "[9934464 bytes in the middle were dropped]" in text


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"command": ""}, "command: String should have at least 1 character"),
        ({"command": "true", "timeout": 0}, "timeout: Input should be greater than 0"),
        ({"command": "true", "timeout": 601}, "timeout: Input should be less than or equal to 600"),
        ({"command": "true", "timeout": float("nan")}, "timeout: Input should be less than or equal to 600"),
        ({"command": "true", "cwd": "/"}, "cwd: Extra inputs are not permitted"),
        ({"command": ["ls"]}, "command: Input should be a valid string"),
        ({}, "command: Field required"),
    ],
)
async def test_a_command_that_cannot_be_meant_is_refused(
    fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask], arguments: dict[str, object], why: str
) -> None:
    assert await ask_on(fake)("run", **arguments) == f"refused: the arguments of run are wrong: {why}"
    assert fake.commands == []


async def test_what_the_sandbox_refuses_is_told(fake: FakeSandbox, ask_on: Callable[[Sandbox], Ask]) -> None:
    assert await ask_on(fake)("run", command="echo \0") == (
        "refused: a command needs a program and arguments of valid text without NUL"
    )

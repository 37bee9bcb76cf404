"""Every system call, made for real in a real sandbox: what the kernel answers is what the filter was written to say."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from slipway.sandboxes import Command, FileContent, Sandbox
from slipway.sandboxes.seccomp.base import Answer

KILLED = f"signal {int(signal.SIGSYS)}"
OWN_REFUSALS = {"setgroups", "mlock"}
"""Allowed by the filter, and refused by the kernel for want of a capability, or of memory that may be locked."""


async def test_every_call(bubblewrap: Sandbox, probe: bytes, calls: list[Any], answers: list[int]) -> None:
    await bubblewrap.write({"probe": FileContent(probe, executable=True)})
    result = await bubblewrap.exec(Command(("./probe", *map(str, calls))))
    assert result.ok, result.stderr.text
    wrong = [
        (str(call), call.name, hex(answer), became)
        for call, answer, became in zip(calls, answers, result.stdout.text.splitlines(), strict=True)
        if not agrees(call.name, answer, became)
    ]
    assert wrong == []


def agrees(name: str, answer: int, became: str) -> bool:
    if answer == Answer.KILL:
        return became == KILLED
    if answer == Answer.ALLOW:
        return name in OWN_REFUSALS or became not in {KILLED, *(str(a.errno) for a in Answer)}
    return became == str(answer & 0xFFFF)


async def test_the_32_bit_table_is_closed(bubblewrap: Sandbox, probe: bytes, machine: str) -> None:
    """Its numbers are others: `getpid` there is `writev` here."""
    if machine != "x86_64":
        pytest.skip("only x86_64 has one that any program can enter")
    await bubblewrap.write({"probe": FileContent(probe, executable=True)})
    result = await bubblewrap.exec(Command(("./probe", "int80")))
    assert result.stdout.text.strip() in (KILLED, f"signal {int(signal.SIGSEGV)}")  # the latter: the kernel has none

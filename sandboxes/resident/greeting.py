"""What every backend does while it opens a sandbox: believe the agent's greeting only as far as it is tight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from ..base import SandboxUnavailable
from .channel import Json

T = TypeVar("T")

_UNUSED_TUNNELS = frozenset({
    "erspan0", "gre0", "gretap0", "ip6_vti0", "ip6gre0", "ip6tnl0", "ip_vti0", "sit0", "tunl0",
})  # fmt: skip
"""The kernel puts these into every new network namespace where their modules are loaded: down, and without a way to
bring them up (kernel documentation, `fb_tunnels_only_for_init_net`)."""


def check_greeting(hello: Json, *, seccomp: bool, faults: Mapping[str, bool] | None = None) -> None:
    """Refuse a sandbox that is looser than its caps; what is asked here has been seen to go wrong.

    `seccomp`: whether a filter of system calls has to be in force. `faults` adds what the backend itself looked at.
    """
    interfaces = hello.get("interfaces")
    found = {
        "its agent is not PID 1": hello.get("pid") != 1,
        "its agent can be traced": hello.get("undumpable") is not True,
        "it has capabilities": hello.get("capabilities") != 0,
        "its filter of system calls is not in force": seccomp and hello.get("seccomp") != 2,
        "the machine's /proc is writable": hello.get("proc_writable") is not False,
        "it has a network": not isinstance(interfaces, list) or set(interfaces) - _UNUSED_TUNNELS != {"lo"},
    }
    loose = [fault for fault, present in {**(faults or {}), **found}.items() if present]
    if loose:
        raise SandboxUnavailable(f"the sandbox is not tight, so it was ended: {'; '.join(loose)}")


async def whole(making: Coroutine[Any, Any, T], undo: Callable[[T], Coroutine[Any, Any, None]]) -> T:
    """What `making` makes. Where the caller is cancelled it still comes to its end, and is then undone."""
    task = asyncio.create_task(making)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(SandboxUnavailable, OSError):
            await undo(await task)
        raise

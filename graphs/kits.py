"""What a run has for a project of one kind: its sandboxes, what is checked, and what agents are told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ..agents import conventions
from ..checks import Check, gate, ground
from ..config.pack import LOCKS, Pack
from ..config.packing import find_pack, pack_names
from ..sandboxes import Dependencies, Sandbox, Sandboxes, Toolset

AUTO = "auto"
"""In the place of a pack's name: the architect chooses one, or none."""
NONE = "none"
"""Likewise: no conventions."""


@dataclass(frozen=True)
class Kit:
    """One kind of project."""

    pack: Pack | None
    """None: no conventions but what the checks demand of everything."""
    checks: tuple[Check, ...]
    """What every version goes through."""
    conventions: str
    """What agents are told of the pack."""
    ground: str
    """What results of checks follow from besides the files: their own code, their tools and the pack."""
    sandbox: Callable[[], Awaitable[Sandbox]]
    """Opens an empty sandbox, with what the pack's projects depend on."""


class Kits:
    """The kits of a run, each made when it is first asked for."""

    def __init__(self, sandboxes: Sandboxes, wrapped: Callable[[Sandbox], Sandbox]) -> None:
        """`wrapped` is put around each sandbox."""
        self._sandboxes = sandboxes
        self._wrapped = wrapped
        self._made: dict[str, Kit] = {}
        self._lock = asyncio.Lock()

    async def of(self, name: str) -> Kit:
        """The kit of the pack `name`; "": without one.

        ConfigurationError where there is no such pack; DependenciesRefused where what it provides is not let in.
        """
        async with self._lock:
            if name not in self._made:
                self._made[name] = await self._make(name)
            return self._made[name]

    async def _make(self, name: str) -> Kit:
        pack = await asyncio.to_thread(find_pack, name) if name else None
        checks = gate(pack)
        tools = tools_of(checks)
        sandboxes = await (await self._sandboxes.equip(tools)).install(needed(pack))

        async def sandbox() -> Sandbox:
            return self._wrapped(await sandboxes.open())

        on = [sandboxes.settings.image, sys.implementation.cache_tag, *(toolset.lock for toolset in tools)]
        return Kit(
            pack=pack,
            checks=checks,
            conventions=conventions(pack) if pack else "",
            ground=ground(*on, pack.digest if pack else ""),
            sandbox=sandbox,
        )


def tools_of(checks: tuple[Check, ...]) -> tuple[Toolset, ...]:
    """What `checks` need, each once."""
    return tuple(dict.fromkeys(toolset for check in checks for toolset in check.needs))


def needed(pack: Pack | None) -> Dependencies:
    """What a project of `pack` may depend on, in the versions of its lock."""
    return locked(pack.lock if pack else {})


def locked(lock: Mapping[str, bytes]) -> Dependencies:
    """What the files of a pack's lock, by their names, hold."""
    python, package, versions = (lock.get(name, b"").decode() for name in LOCKS)
    return Dependencies(python, package, versions)


def offered(pack: str) -> dict[str, str]:
    """The packs that the architect may choose from, with what each is for; none where it is told."""
    return {name: find_pack(name).summary for name in pack_names()} if pack == AUTO else {}


def told(pack: str) -> str:
    """The pack that a run is held to before the architect has chosen any; "": none."""
    return "" if pack == AUTO else pack

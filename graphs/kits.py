"""What a run has for a project of one kind: its sandboxes, what is checked, and what agents are told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..checks import Check, Means, gate, ground
from ..checks.browser import nowhere
from ..config import CheckSettings
from ..config.pack import LOCKS, Pack
from ..config.packing import find_pack, pack_names
from ..sandboxes import DRIVER, Dependencies, Sandbox, Sandboxes, Toolset
from ..sandboxes.unversioned import Unversioned

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
    generated: tuple[str, ...]
    """Folders of which nothing belongs to a version."""
    ground: str
    """What results of checks follow from besides the files: their own code, their tools and the pack."""
    sandbox: Callable[[], Awaitable[Sandbox]]
    """Opens an empty sandbox, with what the pack's projects depend on."""


class Kits:
    """The kits of a run, each made when it is first asked for."""

    def __init__(
        self,
        sandboxes: Sandboxes,
        wrapped: Callable[[Sandbox], Sandbox],
        settings: CheckSettings,
        keep: Callable[[Mapping[str, bytes]], Awaitable[None]] = nowhere,
    ) -> None:
        """`wrapped` is put around each sandbox; `keep` keeps pictures, given by the SHA-256 of their bytes."""
        self._sandboxes = sandboxes
        self._wrapped = wrapped
        self._settings = settings
        self._means = Means(self._browser, keep, settings.advisories)
        self._made: dict[str, Kit] = {}
        self._browsing: Sandboxes | None = None
        self._lock = asyncio.Lock()

    async def of(self, name: str) -> Kit:
        """The kit of the pack `name`; "": without one.

        ConfigurationError where there is no such pack; DependenciesRefused where what it provides is not let in.
        """
        async with self._lock:
            if name not in self._made:
                self._made[name] = await self._make(name)
            return self._made[name]

    async def _browser(self) -> Sandbox:
        if self._browsing is None:
            self._browsing = await self._sandboxes.browsing()
        return await self._browsing.open()

    async def _make(self, name: str) -> Kit:
        pack = await asyncio.to_thread(find_pack, name) if name else None
        checks = gate(pack, self._means, left_out=self._settings.left_out)
        tools, generated = tools_of(checks), pack.generated if pack else ()
        sandboxes = await (await self._sandboxes.equip(tools)).install(needed(pack))

        async def sandbox() -> Sandbox:
            return self._wrapped(Unversioned(await sandboxes.open(), generated))

        return Kit(
            pack=pack,
            checks=checks,
            generated=generated,
            ground=await asyncio.to_thread(_ground, sandboxes.settings.image, tools, pack, self._settings.advisories),
            sandbox=sandbox,
        )


def _ground(image: str, tools: tuple[Toolset, ...], pack: Pack | None, advisories: Path | None) -> str:
    locks = [toolset.lock for toolset in (*tools, DRIVER)]
    records = sorted(advisories.rglob("*.json")) if advisories else []
    known = [record.read_text(encoding="utf-8", errors="replace") for record in records]
    return ground(image, sys.implementation.cache_tag, *locks, pack.digest if pack else "", *known)


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

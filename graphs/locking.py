"""Makes a pack's lock: the exact versions of what its projects may depend on."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..config import Settings
from ..config.pack import Dependency, Ecosystem, Head
from ..sandboxes import Dependencies, Layer, Package, open_sandboxes
from .kits import locked


@dataclass(frozen=True)
class Lock:
    """A new lock."""

    packages: dict[Ecosystem, tuple[Package, ...]]
    """All that is installed, with what it depends on, sorted; an ecosystem of which nothing is needed is not here."""
    files: dict[str, bytes]
    """What belongs into the pack's folder `lock`, by name."""


async def lock(head: Head, settings: Settings) -> Lock:
    """Versions of now that fit together, of what a pack lets its projects depend on; no older answer is taken.

    What the lock holds is installed once, as runs will have it. DependenciesRefused where one is not let in, or none
    fit; SandboxUnavailable where no registry answers.
    """
    wanted, cache = asked(head), settings.folders.cache
    cache.mkdir(parents=True, exist_ok=True)
    async with open_sandboxes(settings.sandbox, cache, run="pack-lock", tools=(), ahead=0) as sandboxes:
        with tempfile.TemporaryDirectory(prefix="lock-", dir=cache) as fresh:
            made = await replace(sandboxes, cache_dir=Path(fresh)).made(wanted)
        files = {name: data for layer in made for name, data in _files(layer, wanted).items()}
        await sandboxes.made(locked(files))
    return Lock({layer.ecosystem: tuple(sorted(layer.packages, key=_place)) for layer in made}, files)


def asked(head: Head) -> Dependencies:
    """What a lock is made of: each package that is allowed, imported, and not had from the platform anyway."""
    python, node = (_locked(head, ecosystem) for ecosystem in ("python", "node"))
    package = {"name": head.name, "private": True, "dependencies": {one.name: one.versions or "*" for one in node}}
    return Dependencies("".join(f"{one.name}{one.versions}\n" for one in python), _json(package) if node else "")


def _locked(head: Head, ecosystem: Ecosystem) -> Sequence[Dependency]:
    return head.dependencies[ecosystem].locked if ecosystem in head.dependencies else ()


def _files(layer: Layer, wanted: Dependencies) -> dict[str, bytes]:
    if layer.ecosystem == "python":
        # Without hashes: each machine has other wheels of a version.
        lines = [f"{package.name}=={package.version}\n" for package in sorted(layer.packages, key=_place)]
        return {"requirements.txt": "".join(lines).encode()}
    return {"package.json": wanted.package_json.encode(), "package-lock.json": _anywhere(layer.lock).encode()}


def _place(package: Package) -> tuple[str, str]:
    return package.name, package.version


def _anywhere(package_lock: str) -> str:
    """The lock without the addresses that one machine had the packages from; their hashes stay."""
    said: dict[str, Any] = json.loads(package_lock)
    for entry in said["packages"].values():
        entry.pop("resolved", None)
    return _json(said)


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from .. import config
from ..sandboxes import Toolset
from ..state.records import CheckResult, Manifest
from .base import Check, Found, Subject


def ground(*others: str) -> str:
    """A digest of this package's own code and rules, and of `others`: what results follow from besides the files."""
    said = hashlib.sha256("\0".join([_own_code(), *others]).encode())
    return said.hexdigest()


@lru_cache
def _own_code() -> str:
    code = hashlib.sha256()
    own, rules = Path(__file__).parent, Path(config.__file__).with_name("rules")
    for file in sorted([*own.rglob("*"), *rules.rglob("*.yml")]):
        if file.suffix in (".py", ".cjs", ".js", ".yml"):
            code.update(file.read_bytes())
    return code.hexdigest()


class Results(Protocol):
    """Where results are kept, by the digest of what they follow from."""

    async def get(self, digest: str) -> CheckResult | None:
        """What was kept."""
        ...

    async def put(self, digest: str, result: CheckResult) -> None:
        """Keep `result`."""
        ...


class Cached:
    """A check that need not run again on the same files: what it said of them is kept, and known without a run.

    `ground` stands for all that its results follow from besides: its own code, the tools, the sandbox. A check that did
    not run may do so the next time.
    """

    def __init__(self, inner: Check, results: Results, ground: str) -> None:
        self.inner = inner
        self._results = results
        self._ground = ground

    @property
    def name(self) -> str:
        """The inner check's."""
        return self.inner.name

    @property
    def blocking(self) -> bool:
        """Whether the inner check blocks."""
        return self.inner.blocking

    @property
    def needs(self) -> Collection[Toolset]:
        """The inner check's."""
        return self.inner.needs

    @property
    def seconds(self) -> float:
        """The inner check's."""
        return self.inner.seconds

    def inputs(self, manifest: Manifest) -> Collection[str]:
        """The inner check's."""
        return self.inner.inputs(manifest)

    async def run(self, subject: Subject) -> Found:
        """Run the inner check."""
        return await self.inner.run(subject)

    async def known(self, manifest: Manifest) -> CheckResult | None:
        """What it said of these files before."""
        known = await self._results.get(self._digest(manifest))
        return known and known.model_copy(update={"cached": True})

    async def keep(self, manifest: Manifest, result: CheckResult) -> None:
        """Keep what it says of these files, if it ran."""
        if result.status != "not_run":
            await self._results.put(self._digest(manifest), result)

    def _digest(self, manifest: Manifest) -> str:
        files = {path: manifest[path].encode() for path in self.inputs(manifest)}
        said = json.dumps([self.name, self._ground, files], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from .. import config
from ..state.records import CheckResult, Manifest
from .base import Around, Check, Subject


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


class Cached(Around):
    """A check that is not run again on the same files.

    `ground` stands for all that its results follow from besides: its own code, the tools, the sandbox. A check that did
    not run may do so the next time.
    """

    def __init__(self, inner: Check, results: Results, ground: str) -> None:
        super().__init__(inner)
        self._results = results
        self._ground = ground

    async def known(self, manifest: Manifest) -> CheckResult | None:
        """What the inner check said of these files before."""
        known = await self._results.get(self._digest(manifest))
        return known and known.model_copy(update={"cached": True})

    async def run(self, subject: Subject) -> CheckResult:
        """What the inner check said of these files before, else what it says now."""
        if (known := await self.known(subject.manifest)) is not None:
            return known
        result = await self.inner.run(subject)
        if result.status != "not_run":
            await self._results.put(self._digest(subject.manifest), result)
        return result

    def _digest(self, manifest: Manifest) -> str:
        files = {path: manifest[path].encode() for path in self.inputs(manifest)}
        said = json.dumps([self.name, self._ground, files], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

"""Pages are opened by a real Chromium, in a sandbox of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from slipway.checks import Subject, result_of
from slipway.checks.browser import Browser
from slipway.config import load_settings
from slipway.sandboxes import FileContent, Sandbox, Sandboxes, open_sandboxes
from slipway.state import CheckResult, Finding

HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>{}</head><body><main><h1>Page</h1>'
)
TAIL = "</main></body></html>\n"


@dataclass
class Tried:
    """What became of a site."""

    result: CheckResult
    pictures: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def found(self) -> list[tuple[str, str, str]]:
        """(severity, rule, place) of each finding, sorted."""
        return sorted((f.severity, f.rule or "", f.place) for f in self.result.findings)

    def of(self, rule: str) -> list[Finding]:
        return [f for f in self.result.findings if f.rule == rule]


@pytest.fixture
async def sandboxes(cache_dir: Path) -> AsyncIterator[Sandboxes]:
    """Sandboxes of bubblewrap's, as a run has them."""
    settings = load_settings(["sandbox.backend=bubblewrap"]).sandbox
    async with open_sandboxes(settings, cache_dir, ahead=0) as made:
        yield made


@pytest.fixture
def page() -> Callable[..., str]:
    """A whole page around some lines."""
    return lambda body, head="": HEAD.format(head) + "\n" + body + "\n" + TAIL


@pytest.fixture
def opened(sandboxes: Sandboxes) -> Callable[..., Awaitable[Tried]]:
    """Runs the check on the files of a site."""

    async def run(
        files: dict[str, str], browser: Callable[[], Awaitable[Sandbox]] | None = None, **options: Any
    ) -> Tried:
        kept: dict[str, bytes] = {}

        async def keep(pictures: Any) -> None:
            kept.update(pictures)

        sandbox = await sandboxes.open()
        try:
            await sandbox.write({path: FileContent(text.encode()) for path, text in files.items()})
            check = Browser(browser or (await sandboxes.browsing()).open, keep=keep, **options)
            return Tried(await result_of(check, Subject(sandbox, await sandbox.snapshot())), kept)
        finally:
            await sandbox.close()

    return run

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from .playing import play
from .telling import Report
from .visiting import Site, Stuck, page_of, visit

_BROWSERS = (
    "/usr/lib/chromium/chromium",
    "/usr/lib/chromium-browser/chromium-browser",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
)
# Its own sandbox is made of what ours refuses; ours is the boundary. Pages get as much memory as does not end the rest.
_OPTIONS = ("--disable-gpu", "--js-flags=--max-old-space-size=512", "--deny-permission-prompts")
_AT_ONCE = 2
_END = 3.0
"""Seconds that are kept to close everything."""


class Browsers:
    """The browser, which is started anew when a page got it stuck."""

    def __init__(self, playwright: Any, program: str, failures: tuple[type[Exception], ...]) -> None:
        self._playwright = playwright
        self._failures = failures
        self._program = program
        self._running: Any = None
        self._starting = asyncio.Lock()

    async def get(self) -> Any:
        """One that works."""
        async with self._starting:
            if self._running is None or not self._running.is_connected():
                self._running = await self._playwright.chromium.launch(
                    executable_path=self._program, args=list(_OPTIONS), chromium_sandbox=False, timeout=20_000
                )
            return self._running

    async def drop(self, stuck: Any) -> None:
        """Start another one next time."""
        async with self._starting:
            if self._running is stuck:
                self._running = None
        with suppress(TimeoutError, *self._failures):  # whatever it says: it is not used again
            await asyncio.wait_for(stuck.close(), 3)


async def _pages(browsers: Browsers, site: Site, first: list[str], most: int) -> None:
    queue: asyncio.Queue[str] = asyncio.Queue()
    seen: dict[str, list[tuple[str, str]]] = {path: [] for path in first}
    taken = len(first)
    for path in first:
        queue.put_nowait(path)

    async def work() -> None:
        nonlocal taken
        while True:
            path = await queue.get()
            browser = await browsers.get()
            links: list[tuple[str, str]] = []
            try:
                links = await visit(browser, site, path)
            except Stuck:
                site.report.tell("hangs", path, text="does not let itself be closed")
                site.report.tell("closed", path)
                await browsers.drop(browser)
            for raw, url in links:
                if site.own(url):
                    target = page_of(url)
                    if target not in seen and taken < most:
                        taken += 1
                        queue.put_nowait(target)
                    seen.setdefault(target, []).append((path, raw))
                elif url.startswith(("http:", "https:")):
                    site.report.tell("remote", path, href=raw)
            queue.task_done()

    workers = [asyncio.create_task(work()) for _ in range(_AT_ONCE)]
    joined = asyncio.create_task(queue.join())
    try:
        await asyncio.wait((joined, *workers), return_when="FIRST_COMPLETED")
        for worker in workers:
            if worker.done():
                worker.result()
    finally:
        for task in (joined, *workers):
            task.cancel()
        await asyncio.gather(joined, *workers, return_exceptions=True)
    for target, linked in seen.items():
        for page, raw in linked:
            site.report.tell("link", page, href=raw, target=target)
    if len(seen) > taken:
        site.report.tell("more", count=len(seen) - taken)


def _parts(site: Site) -> None:
    for page, raw, target, part in site.parts:
        if target in site.ids and part not in site.ids[target]:
            site.report.tell("anchor", page, href=raw)


async def _play_all(browsers: Browsers, site: Site, scenarios: list[dict[str, Any]]) -> None:
    for scenario in scenarios:
        browser = await browsers.get()
        try:
            await play(browser, site, scenario)
        except Stuck:
            await browsers.drop(browser)


async def main(job: dict[str, Any]) -> int:
    """Do `job`; 3 where there is no browser, 4 where there is nothing that drives one."""
    program = next((path for path in _BROWSERS if Path(path).exists()), None)
    if program is None:
        return 3
    try:
        api: Any = importlib.import_module("playwright.async_api")
        axe = importlib.import_module("axe_playwright_python")
    except ModuleNotFoundError:
        return 4
    pictures = Path("pictures")
    pictures.mkdir()
    report = Report(Path("report.jsonl"))
    async with api.async_playwright() as playwright:
        browsers = Browsers(playwright, program, (api.Error,))
        source = (Path(next(iter(axe.__path__))) / "axe.min.js").read_text(encoding="utf-8")
        site = Site(job["base"], report, source, pictures, job["page_seconds"], (api.Error,))
        try:
            async with asyncio.timeout(job["seconds"] - _END):
                await _pages(browsers, site, job["pages"], job["most"])
                _parts(site)
                await _play_all(browsers, site, job["scenarios"])
            report.tell("end")
        except TimeoutError:
            report.tell("late")
        os._exit(0)  # what runs still is ended with this, sooner than it would end by itself


if __name__ == "__main__":
    sys.exit(asyncio.run(main(json.load(sys.stdin))))

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from .visiting import Site, Stuck, page_of, visit

_AT_ONCE = 2
_ENDING = 3.0
"""Seconds in which pages that there is no time for are closed."""
_TRIES, _TRIES_AT_ALL = 2, 3
"""How often a page is looked at; and where the browser ended, which may be another page's doing."""
# Chromium's own sandbox is made of what ours refuses; ours is the boundary. Pages get as much memory as does not end
# the rest. They are not told that nobody sits before them: what works for a check alone works for nobody.
_OPTIONS = (
    "--disable-gpu",
    "--js-flags=--max-old-space-size=512",
    "--deny-permission-prompts",
    "--disable-blink-features=AutomationControlled",
)


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
                    executable_path=self._program, args=list(_OPTIONS), ignore_default_args=["--enable-automation"],
                    chromium_sandbox=False, timeout=60_000,
                )  # fmt: skip
            return self._running

    async def drop(self, stuck: Any) -> None:
        """Start another one next time."""
        async with self._starting:
            if self._running is stuck:
                self._running = None
        with suppress(TimeoutError, *self._failures):  # whatever it says: it is not used again
            await asyncio.wait_for(stuck.close(), 3)


class Tour:
    """Opens pages, some at once: those that it is given, and what they link to."""

    def __init__(self, browsers: Browsers, site: Site, most: int) -> None:
        self._browsers = browsers
        self._site = site
        self._most = most
        self._queue: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        self._linked: dict[str, list[tuple[str, str]]] = {}
        """By target the pages that link to it, and how that is written."""
        self._taken: set[str] = set()
        self._done: set[str] = set()
        self._elsewhere: set[str] = set()

    async def run(self, first: Sequence[str], seconds: float) -> None:
        """Open `first`, then what they link to. What `seconds` are too few for is told of, as is what is too much."""
        for path in first:
            self._take(path)
        workers = [asyncio.create_task(self._work()) for _ in range(_AT_ONCE)]
        joined = asyncio.create_task(self._queue.join())
        try:
            await asyncio.wait((joined, *workers), timeout=seconds, return_when="FIRST_COMPLETED")
            for worker in workers:
                if worker.done():
                    worker.result()
        finally:
            for task in (joined, *workers):
                task.cancel()
            await asyncio.wait((joined, *workers), timeout=_ENDING)
        self._tell(set(first))

    def _tell(self, given: set[str]) -> None:
        report = self._site.report
        for target, links in self._linked.items():
            if self._site.statuses.get(target, 0) >= 400:
                for page, raw in links:
                    report.tell("link", page, href=raw, target=target)
        if left := len((given | self._taken) - self._done):
            report.tell("unopened", count=left)
        if more := len(self._linked.keys() - self._taken - given):
            report.tell("more", count=more)

    def _take(self, path: str) -> None:
        if path not in self._taken and len(self._taken) < self._most:
            self._taken.add(path)
            self._queue.put_nowait((path, 1))

    async def _work(self) -> None:
        while True:
            path, tries = await self._queue.get()
            if await self._visit(path, tries):
                self._done.add(path)
            else:
                self._queue.put_nowait((path, tries + 1))
            self._queue.task_done()

    async def _visit(self, path: str, tries: int) -> bool:
        """Whether that is done: what may be the fault of a busy machine is looked at once more, after the others."""
        browser = await self._browsers.get()
        links: list[tuple[str, str]] = []
        stuck = False
        try:
            why = await visit(browser, self._site, path, links)
        except Stuck:
            why, stuck = "does not let itself be closed", True
        if why:
            last = _TRIES if browser.is_connected() else _TRIES_AT_ALL
            if stuck:
                await self._browsers.drop(browser)
            if tries < last:
                return False
            self._site.report.tell("hangs", path, text=why)
        self._site.report.tell("closed", path)
        for raw, url in links:
            self._follow(path, raw, url)
        return True

    def _follow(self, path: str, raw: str, url: str) -> None:
        if self._site.own(url):
            target = page_of(url)
            self._linked.setdefault(target, []).append((path, raw))
            self._take(target)
        elif url.startswith(("http:", "https:")) and raw not in self._elsewhere:
            self._elsewhere.add(raw)
            self._site.report.tell("remote", path, href=raw)

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from .playing import play
from .telling import Report
from .touring import Browsers, Tour
from .visiting import Site, Stuck

_BROWSERS = (
    "/usr/lib/chromium/chromium",
    "/usr/lib/chromium-browser/chromium-browser",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
)
_END = 3.0
"""Seconds that are kept to close everything."""
_SCENARIO, _SCENARIOS = 10.0, 60.0
"""Seconds that are kept for each scenario, and for all at most."""


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
                kept = 3 * _END + min(_SCENARIOS, _SCENARIO * len(job["scenarios"]))
                await Tour(browsers, site, job["most"]).run(job["pages"], job["seconds"] - kept)
                _parts(site)
                await _play_all(browsers, site, job["scenarios"])
            report.tell("full" if report.full else "end")
        except TimeoutError:
            report.tell("late")
        os._exit(0)  # what runs still is ended with this, sooner than it would end by itself


if __name__ == "__main__":
    sys.exit(asyncio.run(main(json.load(sys.stdin))))

"""A browser gets sandboxes of its own: as tight as the others, with other numbers, and with nothing of a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from slipway.config import load_settings
from slipway.sandboxes import BASICS, DRIVER, Command, open_sandboxes


async def test_a_browser_s_sandbox_is_as_tight_as_the_others(cache_dir: Path) -> None:
    settings = load_settings(["sandbox.backend=bubblewrap"]).sandbox
    async with open_sandboxes(settings, cache_dir, tools=(BASICS,), ahead=0) as sandboxes:
        browsing = await sandboxes.browsing()
        usual, browser = await sandboxes.open(), await browsing.open()
        try:
            assert browser.caps.enforced.keys() == usual.caps.enforced.keys()
            assert browser.caps == replace(browser.caps, backend=usual.caps.backend, offers=usual.caps.offers)
            held = await browser.exec(Command(("ls", "/opt/slipway")))
            assert held.stdout.text.split() == ["bin", Path(DRIVER.place).name]
        finally:
            await usual.close()
            await browser.close()

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .telling import Report
from .watching import Watch

_FACTS = (Path(__file__).parent / "facts.js").read_text(encoding="utf-8")
_AXE = """
axe.run(document, {resultTypes: ["violations"], iframes: false}).then((result) => result.violations.map((v) => ({
  rule: v.id, impact: v.impact || "minor", text: v.help, count: v.nodes.length,
  selector: v.nodes[0].target.flat().join(" "), html: v.nodes[0].html, why: v.nodes[0].failureSummary || "",
})))
"""
_JUMP = """
new Promise((done) => {
  const first = document.body.innerHTML;
  setTimeout(() => {
    const before = document.body.innerHTML;
    location.hash = %s;
    setTimeout(() => done(before === first && document.body.innerHTML !== before), 250);
  }, 250);
})
"""
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%s.0.0.0 Safari/537.36"
_WIDE, _NARROW = (1280, 800), (390, 844)
_QUIET = 5.0
"""Seconds in which a page that has loaded may come to rest; one that always asks for something is not waited for."""
_BUSY = 0.6
"""Of the seconds that a page has, those that its process may have worked for when they are over. An endless loop has; a
page on a slow machine has not, and is given more of them."""
_SLOW = 4
"""How often more, where it does nothing: by then what it waits for does not come."""
_CLOSING = 15.0
_PICTURED = 40
"""Pages that pictures are taken of."""


class Stuck(Exception):
    """The browser does not let go of a page."""


@dataclass
class Site:
    """What is known of the pages so far."""

    base: str
    report: Report
    axe: str
    pictures: Path
    page_seconds: float
    failures: tuple[type[Exception], ...]
    """What the browser's driver raises."""
    statuses: dict[str, int] = field(default_factory=dict[str, int])
    pictured: int = 0
    ids: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    parts: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])
    """Links to a part of another page: (page, link as written, other page, part)."""

    @property
    def patience(self) -> float:
        """Seconds that nothing on a page takes longer than."""
        return self.page_seconds * _SLOW

    def own(self, url: str) -> bool:
        """Whether `url` is of the site itself."""
        here, there = urlsplit(self.base), urlsplit(url)
        return there.scheme == here.scheme and there.port == here.port and there.hostname in ("localhost", "127.0.0.1")


@asynccontextmanager
async def opened(browser: Any, site: Site, **options: Any) -> AsyncGenerator[Any]:
    """A browser's context that nobody else has, closed at the end. Stuck where it cannot be closed."""
    context = await browser.new_context(
        viewport={"width": _WIDE[0], "height": _WIDE[1]}, screen={"width": 1920, "height": 1080}, base_url=site.base,
        user_agent=_AGENT % browser.version.partition(".")[0], service_workers="block", accept_downloads=False,
        **options,
    )  # fmt: skip
    try:
        yield context
    finally:
        try:
            await asyncio.wait_for(context.close(), _CLOSING)
        except (TimeoutError, *site.failures):
            raise Stuck from None


async def visit(browser: Any, site: Site, path: str, links: list[tuple[str, str]]) -> str:
    """Open the page at `path`, tell what is wrong with it, and add to `links` those it has: (as written, URL).

    What is returned is why it could not be looked at, where a slow machine could be why; '' else.
    """
    site.report.tell("opening", path)
    watch = Watch(site.report, path, site.own, strict=True)
    try:
        async with opened(browser, site) as context:
            return await _bounded(context, site, path, watch, links)
    except site.failures as error:
        if watch.left:
            site.report.tell("leaves", path, target=watch.left)
            return ""
        return f"cannot be opened: {str(error).splitlines()[0]}"
    except (RuntimeError, TimeoutError) as error:
        return f"does not let itself be looked at {error}".strip()
    finally:
        watch.finish()


async def _bounded(context: Any, site: Site, path: str, watch: Watch, links: list[tuple[str, str]]) -> str:
    """Look at it for as long as it has time. How busy it is decides, and the clock only where it does nothing."""
    work = asyncio.create_task(_look(context, site, path, watch, links))
    flood = asyncio.create_task(watch.flooded.wait())
    until = time.monotonic() + site.patience
    seconds, busy = site.page_seconds, False
    try:
        while not (work.done() or flood.done() or busy) and time.monotonic() < until:
            await asyncio.wait((work, flood), timeout=seconds, return_when="FIRST_COMPLETED")
            busy = not work.done() and await watch.spent() > site.page_seconds * _BUSY
            seconds = 1.0
        if work.done():
            return work.result()
        why = watch.flood or ("does not come to rest" if busy else "")
        if why:
            site.report.tell("hangs", path, text=why)
        return "" if why else "does not come to rest"
    finally:
        flood.cancel()
        work.cancel()
        await asyncio.gather(work, flood, return_exceptions=True)


async def _look(context: Any, site: Site, path: str, watch: Watch, links: list[tuple[str, str]]) -> str:
    """Why it ended; '' where it did not."""
    page = await context.new_page()
    crashed = asyncio.Event()
    page.on("crash", partial(_set, crashed))
    page.on("dialog", partial(_dismiss, site, path, watch))
    context.on("page", partial(_popup, site, path))
    await watch.begin(context, page)
    loading = asyncio.create_task(_load(page, site, path))
    ending = asyncio.create_task(crashed.wait())
    try:
        await asyncio.wait((loading, ending), return_when="FIRST_COMPLETED")
        if crashed.is_set():
            return "ends the browser's process: it takes too much memory, or crashes it"
        if await loading:
            await _judge(page, site, path, watch, links)
        return ""
    finally:
        loading.cancel()
        ending.cancel()


async def _load(page: Any, site: Site, path: str) -> bool:
    """Whether it is a page, and there."""
    response = None
    try:
        response = await page.goto(path, wait_until="load", timeout=site.patience * 1000)
    except site.failures as error:
        if "Download is starting" not in str(error):
            raise
    status = response.status if response else 200
    kind = (await response.header_value("content-type") or "") if response else "application/octet-stream"
    is_page = kind.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")
    site.statuses[path] = status
    site.report.tell("visited", path, status=status, media_type=kind.partition(";")[0])
    if not is_page or status >= 400:
        return False
    await _rest(page, site, _QUIET)
    return True


async def _rest(page: Any, site: Site, seconds: float) -> None:
    try:
        await page.wait_for_load_state("networkidle", timeout=seconds * 1000)
    except site.failures as error:
        if "Timeout" not in str(error):
            raise


async def _judge(page: Any, site: Site, path: str, watch: Watch, links: list[tuple[str, str]]) -> None:
    if not site.own(page.url):
        site.report.tell("leaves", path, target=watch.left or page.url)
        return
    facts = await watch.evaluate(_FACTS, site.patience)
    if facts["blank"]:  # what it shows may come late
        await _rest(page, site, site.page_seconds)
        await asyncio.sleep(1)
        facts = await watch.evaluate(_FACTS, site.patience)
    site.ids[path] = {str(name) for name in facts["ids"] if name}
    links += [(str(link["raw"]), str(link["url"])) for link in facts["links"]]
    if facts["blank"]:
        site.report.tell("blank", path)
    else:
        for violation in await watch.evaluate(f"{site.axe};{_AXE}", site.patience):
            site.report.tell("axe", path, **violation)
    if site.pictured < _PICTURED:
        site.pictured += 1
        await _pictures(page, site, path)
    await _parts(site, path, watch, facts["links"])


async def _pictures(page: Any, site: Site, path: str) -> None:
    for width, height in (_WIDE, _NARROW):
        if (width, height) != _WIDE:
            await page.set_viewport_size({"width": width, "height": height})
        await picture(page, site, path, f"{path} at {width}x{height}", site.patience)


async def picture(page: Any, site: Site, path: str, name: str, seconds: float) -> None:
    """Keep what `page` looks like, where it lets that be done in so many `seconds`."""
    file = f"{len(list(site.pictures.iterdir()))}-{id(page)}.png"
    await page.screenshot(path=str(site.pictures / file), timeout=seconds * 1000, animations="disabled")
    site.report.tell("picture", path, text=name, file=file)


async def _parts(site: Site, path: str, watch: Watch, links: list[dict[str, Any]]) -> None:
    """Links to a part of a page have to lead to one, unless a script makes something of it."""
    tried: set[str] = set()
    for link in links:
        part = link["part"]
        if not part or part == "top" or part.startswith(("/", "!", ":~:")) or not site.own(link["url"]):
            continue
        target = page_of(link["url"])
        if target != path:
            site.parts.append((path, link["raw"], target, part))
        elif part not in site.ids[path] and part not in tried and len(tried) < 5:
            tried.add(part)
            if not await watch.evaluate(_JUMP % _quoted(part), site.patience):
                site.report.tell("anchor", path, href=link["raw"])


def page_of(url: str) -> str:
    """The path and query of `url`: what a page is known by."""
    split = urlsplit(url)
    return (split.path or "/") + (f"?{split.query}" if split.query else "")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\u2028", "") + '"'


def _set(event: asyncio.Event, _: Any) -> None:
    event.set()


async def _dismiss(site: Site, path: str, watch: Watch, dialog: Any) -> None:
    watch.dialog()
    site.report.tell("dialog", path, text=dialog.message)
    await _quietly(site, dialog.dismiss())


async def _popup(site: Site, path: str, popup: Any) -> None:
    site.report.tell("popup", path, target=popup.url)
    await _quietly(site, popup.close())


async def _quietly(site: Site, doing: Any) -> Any:
    try:
        return await doing
    except site.failures:  # the page has gone on meanwhile
        return None

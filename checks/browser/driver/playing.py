from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .visiting import Site, opened, page_of, picture
from .watching import Watch

_PATIENCE = 8.0
"""Seconds in which what is expected has to come about."""
_STEP = 20.0
_SCENARIO = 60.0
_PICTURE = 8.0
_CSS = re.compile(r"[.#\[][\w\"'=~^$*|\[\].#:()> -]+|[a-z][\w-]*[.#\[>:][^ ].*")
_ROLES = ("button", "link", "tab", "checkbox", "radio", "menuitem", "option", "switch")


class Unmet(Exception):
    """A step could not be done, or something else than expected was there."""


async def play(browser: Any, site: Site, scenario: dict[str, Any]) -> None:
    """Click through `scenario` in a context of its own, and tell how it ended: passed after its last step only."""
    name, began = scenario["id"], time.monotonic()
    line, failed = scenario["line"], ""
    async with opened(browser, site) as context:
        page = await context.new_page()
        page.on("dialog", partial(_accept, site))
        watch = Watch(site.report, name, site.own, strict=False)
        await watch.begin(context, page)
        try:
            async with asyncio.timeout(_SCENARIO):
                await page.goto(scenario["open"], timeout=_STEP * 1000)
                for step in scenario["steps"]:
                    line = step["line"]
                    await asyncio.wait_for(_step(page, site, step), _STEP)
        except TimeoutError:
            failed = "took too long: the page does not answer"
        except Unmet as error:
            failed = str(error)
        except site.failures as error:
            failed = "could not be done: " + str(error).splitlines()[0]
        watch.finish()
        status, seconds = "failed" if failed else "passed", time.monotonic() - began
        site.report.tell("played", name, status=status, line=line, text=failed, seconds=seconds)
        with suppress(*site.failures):
            await picture(page, site, name, f"{name}{' where it failed' if failed else ' at its end'}", _PICTURE)


async def _step(page: Any, site: Site, step: dict[str, Any]) -> None:
    what, given = step["do"], step["with"]
    if what == "click":
        await (await _found(page, given)).click(timeout=_PATIENCE * 1000)
    elif what == "press":
        await page.keyboard.press(given)
    elif what == "fill":
        for label, value in given.items():
            await _fill(await _field(page, label), value)
    else:
        for how, wanted in given.items():
            await _expect(page, how, wanted)


async def _accept(site: Site, dialog: Any) -> None:
    with suppress(*site.failures):  # the page has gone on meanwhile
        await dialog.accept()


def _candidates(page: Any, named: str) -> list[Any]:
    if _CSS.fullmatch(named):
        return [page.locator(f"css={named}")]
    exact = [page.get_by_role(role, name=named, exact=True) for role in _ROLES]
    loose = [page.get_by_role(role, name=named) for role in _ROLES]
    words = [page.get_by_label(named, exact=True), page.get_by_text(named, exact=True)]
    tag = [page.locator(f"css={named}")] if re.fullmatch(r"[a-z][a-z0-9-]*", named) else []
    return [*exact, *words, *loose, page.get_by_text(named), *tag]


async def _first(candidates: list[Any]) -> Any | None:
    for candidate in candidates:
        for one in (await candidate.all())[:20]:
            if await one.is_visible():
                return one
    return None


async def _found(page: Any, named: str) -> Any:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if (one := await _first(_candidates(page, named))) is not None:
            return one
        await asyncio.sleep(0.05)
    raise Unmet(f"nothing visible is, or is called, {named!r}; {await _seen(page)}")


async def _field(page: Any, label: str) -> Any:
    quoted = label.replace("\\", "\\\\").replace('"', '\\"')
    candidates = [page.get_by_label(label, exact=True), page.get_by_label(label), page.get_by_placeholder(label)]
    candidates.append(page.locator(f'css=[name="{quoted}"]'))
    candidates += [page.locator(f"css={label}")] if _CSS.fullmatch(label) else []
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if (one := await _first(candidates)) is not None:
            return one
        await asyncio.sleep(0.05)
    raise Unmet(f"no field is labelled {label!r}; {await _seen(page)}")


async def _fill(field: Any, value: str) -> None:
    kind = await field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type || ''")
    if kind == "select":
        await field.select_option(label=value, timeout=_PATIENCE * 1000)
    elif kind in ("checkbox", "radio"):
        await field.set_checked(value.lower() in ("true", "yes", "on"), timeout=_PATIENCE * 1000)
    else:
        await field.fill(value, timeout=_PATIENCE * 1000)


async def _expect(page: Any, how: str, wanted: Any) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        said = await _differs(page, how, wanted)
        if not said:
            return
        if time.monotonic() > until:
            raise Unmet(said)
        await asyncio.sleep(0.05)


async def _differs(page: Any, how: str, wanted: Any) -> str:
    """What is there instead of what is wanted; empty where it is as wanted."""
    if how == "text":
        seen = " ".join((await page.locator("body").inner_text(timeout=1000)).split())
        return "" if " ".join(wanted.split()) in seen else f"expected the text {wanted!r}; {_shortened(seen)}"
    if how == "visible":
        there = await _first(_candidates(page, wanted))
        return "" if there is not None else f"expected {wanted!r} to be visible; {await _seen(page)}"
    if how == "hidden":
        there = await _first(_candidates(page, wanted))
        return "" if there is None else f"expected {wanted!r} to be hidden, and it is visible"
    if how == "url":
        here = page_of(page.url) if "#" not in wanted else page_of(page.url) + "#" + urlsplit(page.url).fragment
        return "" if here == wanted else f"expected the address {wanted!r}, and it is {here!r}"
    for label, value in wanted.items():
        if how == "value":
            seen = await (await _field(page, label)).input_value(timeout=1000)
        else:
            seen = await page.locator(f"css={label}").count()
        if seen != value:
            return f"expected {value!r} as the {how} of {label!r}, and it is {seen!r}"
    return ""


async def _seen(page: Any) -> str:
    return _shortened(" ".join((await page.locator("body").inner_text(timeout=1000)).split()))


def _shortened(text: str) -> str:
    return f"the page shows {text[:300]!r}" if text else "the page shows nothing"

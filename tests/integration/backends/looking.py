"""Opens a page in this machine's Chromium and prints what it shows, once all that is waited for is there.

Run by the Python of an environment that has playwright: looking.py CHROMIUM URL PICTURE TEXT...
"""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

_MILLISECONDS = 60_000
_SETTLE = 1_000


def main(program: str, url: str, picture: str, *texts: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url, timeout=_MILLISECONDS)
        for text in texts:
            page.wait_for_function("text => document.body.innerText.includes(text)", arg=text, timeout=_MILLISECONDS)
        page.wait_for_timeout(_SETTLE)
        print(page.inner_text("body"))
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

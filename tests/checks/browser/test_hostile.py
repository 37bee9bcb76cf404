"""Pages that do not want to be looked at: there is always a result, in bounded time, and nothing is left running."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Page = Callable[..., str]
Opened = Callable[..., Awaitable[Any]]

PAGES = {
    "loops": "<p>x</p><script>for (;;) {}</script>",
    "later": "<p>x</p><script>setTimeout(() => { for (;;) {} }, 300)</script>",
    "asks": "<p>x</p><script>for (;;) { alert('again') }</script>",
    "floods": "<p>x</p><script>setInterval(() => { for (let i = 0; i < 5000; i++) console.log(i) }, 1)</script>",
    "leaves": "<p>x</p><script>location.href = 'https://evil.example.com/'</script>",
    "reloads": "<p>x</p><script>location.reload()</script>",
    "popups": "<p>x</p><script>for (let i = 0; i < 5; i++) window.open('/', '_blank')</script>",
    "eats": "<p>x</p><script>const a = []; for (;;) a.push(new Array(1e6).fill(Math.random()))</script>",
    "lies": """<img src="own.svg"><script>
      document.querySelectorAll = () => []; Array.prototype.map = () => [];
      window.axe = {run: async () => ({violations: []})};
      navigator.serviceWorker && navigator.serviceWorker.register('sw.js').catch(() => 0);
      const a = document.createElement('a'); a.href = 'own.svg'; a.download = 'x'; document.body.append(a); a.click();
    </script>""",
}


async def test_every_page_gets_a_finding_in_time(page: Page, opened: Opened) -> None:
    files = {f"{name}.html": page(body) for name, body in PAGES.items()}
    files["index.html"] = page("".join(f'<p><a href="{name}.html">{name}</a></p>' for name in PAGES))
    files["stops.html"] = page('<button onclick="for (;;) {}">Loop</button>')
    scenario = "- {criterion: C%d, name: x, open: /stops.html, steps: [{click: Loop}, {expect: {visible: Loop}}]}\n"
    files["scenarios/a.yaml"] = scenario % 1 + (scenario % 2).replace("{click: Loop}, ", "")
    files["own.svg"] = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'
    files["sw.js"] = "self.addEventListener('fetch', (e) => e.respondWith(new Response('')));\n"
    began = time.monotonic()
    tried = await opened(files, page_seconds=3.0)
    assert time.monotonic() - began < 100
    assert tried.result.status == "failed"
    found = {(f.severity, f.rule, f.file) for f in tried.result.findings}
    assert found >= {
        ("error", "hangs", "loops.html"),
        ("error", "hangs", "later.html"),
        ("error", "hangs", "asks.html"),
        ("error", "hangs", "floods.html"),
        ("error", "leaves", "leaves.html"),
        ("error", "hangs", "reloads.html"),
        ("warning", "popup", "popups.html"),
        ("error", "hangs", "eats.html"),
        ("error", "axe/image-alt", "lies.html"),
    }
    assert not [f for f in tried.result.findings if f.file == "index.html"]
    assert len(tried.result.findings) < 40
    assert [test.status for test in tried.result.tests] == ["failed", "passed"]
    assert browsers() == []


def browsers() -> list[str]:
    """The command lines of browsers, and of what drives them, that this process brought about."""
    parents: dict[int, int] = {}
    for process in (path for path in Path("/proc").iterdir() if path.name.isdigit()):
        try:
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
    ours = [os.getpid()]
    for parent in ours:
        ours += [pid for pid, its in parents.items() if its == parent]
    lines = [Path(f"/proc/{pid}/cmdline") for pid in ours]
    told = [line.read_bytes().replace(b"\0", b" ").decode() for line in lines if line.exists()]
    return [line for line in told if "chromium" in line or "playwright" in line]

"""Software runs, and its pages are opened, in containers as well: what works passes, what does not is found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from slipway.checks import Subject, result_of
from slipway.checks.browser import Browser
from slipway.checks.running import App, Starts
from slipway.config import load_settings
from slipway.sandboxes import FileContent, Sandboxes, open_sandboxes

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title></head><body><main><h1>Page</h1>
<button>Add</button><p id="sum">0</p>{}
<script>
document.querySelector("button").onclick = () => {{ document.querySelector("#sum").textContent = "Sum: 1" }};
</script>
</main></body></html>
"""
SCENARIO = "criterion: C1\nname: adds\nopen: /\nsteps:\n  - click: Add\n  - expect: {text: 'Sum: 1'}\n"

pytestmark = pytest.mark.timeout(600)  # its image is made once, which takes some minutes


@pytest.fixture
async def containers(browser_host: str, cache_dir: Path, tidy: None) -> AsyncIterator[Sandboxes]:
    """Sandboxes of a Docker Engine that has both images."""
    settings = load_settings(["sandbox.backend=docker", f"sandbox.docker_host={browser_host}"]).sandbox
    async with open_sandboxes(settings, cache_dir, ahead=0) as made:
        yield made


async def test_pages_are_opened(containers: Sandboxes) -> None:
    """With the limits and the protection of other sandboxes, but for their numbers."""
    browsing = await containers.browsing()
    sandbox, browser = await containers.open(), await browsing.open()
    try:
        assert browser.caps.enforced.keys() == sandbox.caps.enforced.keys()
        await sandbox.write({"index.html": FileContent(PAGE.format("").encode())})
        await sandbox.write({"scenarios/a.yaml": FileContent(SCENARIO.encode())})
        result = await result_of(Browser(browsing.open), Subject(sandbox, await sandbox.snapshot()))
        assert (result.status, result.reason, result.findings) == ("passed", "", ())
        assert [(test.id, test.status) for test in result.tests] == [("scenarios/a.yaml::test_c1_adds", "passed")]
        assert len(result.pictures) == 3
        await sandbox.write({"index.html": FileContent(PAGE.format('\n<img src="no.png">').encode())})
        result = await result_of(Browser(browsing.open), Subject(sandbox, await sandbox.snapshot()))
        found = sorted((f.rule, f.place) for f in result.findings)
        assert found == [("axe/image-alt", "index.html:3"), ("request", "index.html:3")]
    finally:
        await sandbox.close()
        await browser.close()


async def test_software_is_started(containers: Sandboxes) -> None:
    sandbox = await containers.open()
    try:
        await sandbox.write({"index.html": FileContent(b"<p>hello")})
        assert (await result_of(Starts(App()), Subject(sandbox, await sandbox.snapshot()))).status == "passed"
        await sandbox.write({"a.py": FileContent(b"\nraise ValueError(3)\n")})
        result = await result_of(Starts(App(start="python a.py")), Subject(sandbox, await sandbox.snapshot()))
        assert [(f.message, f.place) for f in result.findings] == [
            ("the service is not there: it ended with exit code 1: ValueError: 3", "a.py:2")
        ]
    finally:
        await sandbox.close()


async def test_a_sandbox_without_a_browser_says_what_to_do(containers: Sandboxes) -> None:
    """It is no pass."""
    sandbox = await containers.open()
    try:
        await sandbox.write({"index.html": FileContent(PAGE.format("").encode())})
        result = await result_of(Browser(containers.open), Subject(sandbox, await sandbox.snapshot()))
    finally:
        await sandbox.close()
    reason = "there is no browser in the sandbox: `apt-get install chromium fonts-dejavu-core libatomic1`"
    assert (result.status, result.reason) == ("not_run", reason)

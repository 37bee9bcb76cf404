"""Engineers look at graphs in LangGraph's own server: it must load ours, and run it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slipway.config import Settings
from slipway.models.scripted import load_script
from slipway.state import RunStore, open_state

from ..ports import kept_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    with kept_port() as port:
        yield from running(port, environment, tmp_path)


def running(port: int, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    log = (tmp_path / "server.log").open("w")
    command = ["langgraph", "dev", "--no-browser", "--no-reload", "--port", str(port), "--config"]
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name(command[0])), *command[1:], str(ROOT / "langgraph.json")],
        env=environment, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, log.name)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


async def test_the_graph_loads_and_runs_one_demo(server: str, settings: Settings) -> None:
    thread = _post(f"{server}/threads", {})["thread_id"]
    body = {
        "assistant_id": "slipway",
        "input": {"request": load_script("tally").request},
        "context": {"lineup": "demo"},
    }
    state = _post(f"{server}/threads/{thread}/runs/wait", body)
    assert (state.get("status"), state.get("unproven")) == ("delivered", []), state
    async with open_state(settings) as redis:
        record = await RunStore(redis).get(thread)
    # It is that platform's run: listed here, resumed there.
    assert (record.status, record.adopted) == ("delivered", True)


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=300) as reply:
        return json.load(reply)


def _wait(url: str, process: subprocess.Popen[bytes], log: str) -> None:
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        assert process.poll() is None, Path(log).read_text()
        try:
            urllib.request.urlopen(f"{url}/ok", timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"the server never answered:\n{Path(log).read_text()}")

"""What a run built can be looked at, from a sandbox, and nothing is announced that did not answer."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slipway.config import Settings
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.state import EMPTY_VERSION, Change, FileRef, Outcome, ProjectStore, RunRecord, RunStore, hold, open_state
from slipway.state.records import Commands

Slipway = Callable[..., subprocess.CompletedProcess[str]]

WEB = "python3 -m http.server $PORT --bind $HOST"


@pytest.fixture
async def built(settings: Settings) -> str:
    """A delivered run with one page, which its plan says how to serve."""
    async with open_state(settings) as redis:
        projects = ProjectStore(redis)
        await projects.create("p")
        lineup = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
        for name in ("r", "empty"):
            created = datetime.now(UTC)
            record = RunRecord(id=name, project="p", request="x", lineup=lineup, base=EMPTY_VERSION, created=created)
            await RunStore(redis).create(record)
        async with hold(redis, run="r", project="p") as fence:
            await projects.branch("p", "r", EMPTY_VERSION)
            [digest] = await projects.put_blobs("p", fence, [b"<h1>built</h1>"])
            change = {"index.html": Change(None, FileRef(digest, False))}
            version = (await projects.publish("p", fence, step="s", attempt=0, changes=change)).version
            outcome = Outcome(run="r", project="p", status="delivered", version=version, commands=Commands(start=WEB))
            await RunStore(redis, fence).finish("r", outcome)
    return "r"


def left(word: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found += [line] if word in line else []
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_is_shown_until_it_is_told_to_stop(built: str, environment: dict[str, str], number: signal.Signals) -> None:
    command = [sys.executable, "-m", "slipway", "preview", built, "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as showing:
        assert showing.stdout is not None and showing.stderr is not None
        told = json.loads(showing.stdout.readline())
        with urllib.request.urlopen(told["address"]) as answer:
            assert answer.read() == b"<h1>built</h1>"
        showing.send_signal(number)
        assert (showing.wait(60), showing.stdout.read(), showing.stderr.read()) == (0, b"", b"")
    assert (told["run"], told["command"]) == ("r", WEB)
    with pytest.raises(OSError):
        urllib.request.urlopen(told["address"])


def test_a_killed_preview_leaves_nothing(built: str, environment: dict[str, str]) -> None:
    program = f"{WEB} --directory . # {os.getpid()}"
    command = [sys.executable, "-m", "slipway", "preview", built, "--command", program]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as showing:
        assert showing.stdout is not None
        assert showing.stdout.readline().startswith(b"http://127.0.0.1:")
        showing.kill()
    deadline = time.monotonic() + 30
    while left(f"# {os.getpid()}") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left(f"# {os.getpid()}") == []


def test_what_cannot_be_shown_is_said_in_one_line(built: str, slipway: Slipway) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = {
            name: slipway("preview", *arguments)
            for name, arguments in {
                "no run": ("nosuch",),
                "no files": ("empty",),
                "taken": (built, "--port", port),
                "wrong port": (built, "--port", "0x"),
                "ends": (built, "--command", "echo no luck; exit 3"),
                "silent": (built, "--command", "sleep 60", "--wait", "0.5"),
                "elsewhere": (built, "--command", "sleep 60", "--inside", "9", "--wait", "0.5"),
            }.items()
        }
    assert {name: (done.returncode, done.stdout, done.stderr) for name, done in said.items()} == {
        "no run": (2, "", "slipway: no run 'nosuch'; the newest are empty, r\n"),
        "no files": (2, "", "slipway: run 'empty' has no files yet; `slipway show empty` says how it stands\n"),
        "taken": (
            2,
            "",
            f"slipway: port {port} cannot be used: {os.strerror(98)}; name another with --port\n",
        ),
        "wrong port": (2, "", said["wrong port"].stderr),
        "ends": (1, "", "slipway: the service is not there: it ended with exit code 3\nno luck\n"),
        "silent": (
            1,
            "",
            "slipway: the service is not there: it was not ready within 0.5 s: it listens on no port\n",
        ),
        "elsewhere": (1, "", said["elsewhere"].stderr),
    }
    assert "no program of the sandbox answers on port 9" in said["elsewhere"].stderr


def test_a_service_that_ends_ends_the_preview(built: str, slipway: Slipway) -> None:
    listens = "import os, socket; socket.create_connection((os.environ['HOST'], os.environ['PORT']))"
    begun = f'({WEB}) & until python3 -c "{listens}" 2> /dev/null; do sleep 0.1; done'
    script = f"{begun}; sleep 3; echo had enough; exit 4"
    done = slipway("preview", built, "--command", script)
    assert (done.returncode, done.stdout[:17]) == (1, "http://127.0.0.1:")
    assert done.stderr.startswith("slipway: it ended with exit code 4\n") and done.stderr.endswith("had enough\n")

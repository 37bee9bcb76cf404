"""One trial: a run of the demo, killed at given moments, resumed as often as needed, and judged."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import tempfile
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from slipway.models.scripted import load_script

from .moments import Moment
from .processes import Child, Launcher
from .proxy import Exchange, Proxy
from .records import Stored, asked, stored
from .server import Server
from .verdict import Kill, Verdict, acknowledged, judge

SCRIPT = "tally"
_PRICE = {"input": 1, "cached": 0.1, "output": 5}
_PASSES = 6
"""More passages than a run may need after its last kill."""
_PASSAGE_SECONDS = 300.0

Fsync = Literal["always", "everysec"]


@dataclass(frozen=True)
class Case:
    """What is to be done to one run."""

    group: str
    """Its line in the table."""
    moments: tuple[Moment, ...]
    """One for each kill; the next counts from where the one before was."""
    target: Literal["run", "server"] = "run"
    appendfsync: Fsync = "everysec"
    latency: float = 0.0
    """Seconds that the endpoint takes to answer."""
    fresh: bool = False
    """Processes are started, not forked from one that has everything loaded."""

    def __str__(self) -> str:
        return f"{self.group}: {', '.join(map(str, self.moments)) or 'undisturbed'}"


@dataclass
class Report:
    """How it went."""

    case: Case
    verdict: Verdict
    kills: int = 0
    """How many of the moments came."""
    passages: int = 0
    seconds: float = 0.0
    writes: list[Exchange] = field(default_factory=list[Exchange])
    said: list[str] = field(default_factory=list[str])
    """What passages said that did not deliver."""


@dataclass
class _Stage:
    """What stands around a run: a server, the proxy before it, the endpoint, folders of their own."""

    folder: Path
    server: Server
    proxy: Proxy
    log: Path
    environment: dict[str, str]
    lineup: Path


@dataclass(frozen=True)
class Drill:
    """Runs trials."""

    launcher: Launcher
    cache: Path
    """The sandboxes' tool layer."""
    version: str = ""
    """What an undisturbed run delivers; empty while that is found out."""
    settings: str = ""
    """Settings of its runs, as YAML."""

    async def run(self, case: Case) -> Report:
        """One trial. It raises nothing for what the run does; TimeoutError where a passage does not end."""
        begun = time.monotonic()
        async with self._stage(case) as stage:
            report = await _Trial(self, case, stage).run()
        report.seconds = time.monotonic() - begun
        return report

    @asynccontextmanager
    async def _stage(self, case: Case) -> AsyncGenerator[_Stage]:
        with tempfile.TemporaryDirectory(prefix="sc", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            server = Server(folder / "redis", folder, case.appendfsync)
            proxy = Proxy(folder / "proxy.sock", server.socket)
            environment = self._environment(folder)
            await server.start()
            await proxy.start()
            try:
                async with self._endpoint(folder, environment, case.latency) as url:
                    lineup = folder / "lineup.yaml"
                    lineup.write_text(
                        json.dumps({"default": {"model": "openai:scripted", "base_url": url, "price": _PRICE}})
                    )
                    yield _Stage(folder, server, proxy, folder / "endpoint.jsonl", environment, lineup)
            finally:
                await proxy.close()
                server.kill()

    def _environment(self, folder: Path) -> dict[str, str]:
        if self.settings:
            config = folder / "config" / "slipway" / "config.yaml"
            config.parent.mkdir(parents=True)
            config.write_text(self.settings)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLIPWAY_", "XDG_", "OTEL_"))}
        return kept | {
            "SLIPWAY_REDIS_URL": f"unix://{folder / 'proxy.sock'}",
            "SLIPWAY_STATE_DIR": str(folder / "state"),
            "SLIPWAY_RUNTIME_DIR": str(folder / "runtime"),
            "SLIPWAY_CACHE_DIR": str(self.cache),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }

    @asynccontextmanager
    async def _endpoint(self, folder: Path, environment: dict[str, str], latency: float) -> AsyncGenerator[str]:
        said = folder / "endpoint.out"
        words = ["scripted", "--port", "0", "--script", SCRIPT, "--latency", str(latency)]
        child = self.launcher.start([*words, "--log", str(folder / "endpoint.jsonl")], environment, said)
        try:
            async with asyncio.timeout(30):
                while not (found := re.search(r"http://\S+", said.read_text() if said.exists() else "")):
                    await asyncio.sleep(0.01)
            yield found.group()
        finally:
            child.kill()
            await child.wait()


class _Trial:
    def __init__(self, drill: Drill, case: Case, stage: _Stage) -> None:
        self._drill = drill
        self._case = case
        self._stage = stage
        self._moments = deque(case.moments)
        self._kills: list[Kill] = []
        self._said: list[str] = []
        self._passages = 0

    async def run(self) -> Report:
        """To the end of the run, or of our patience."""
        words = self._build()
        result: dict[str, Any] = {}
        for number in range(len(self._case.moments) + _PASSES):
            output = self._stage.folder / f"passage-{number}"
            code = await self._passage(words, output)
            self._passages += 1
            result = _result(output)
            if code == 0:
                break
            if code > 0:
                self._said.append(f"exit {code}: {_complaint(output, result)}")
            words = self._next(stored(self._stage.server.client()))
        end = stored(self._stage.server.client())
        version = self._drill.version or str(result.get("version"))
        verdict = judge(self._kills, end, asked(self._stage.log), result, version)
        return Report(self._case, verdict, len(self._kills), self._passages, 0.0, self._stage.proxy.writes, self._said)

    def _build(self) -> list[str]:
        # One fault a component: a kill may meet that stage, too, and it takes no longer than the others.
        few = ["--set", "limits.mutants=1"]
        return ["build", load_script(SCRIPT).request, "--lineup", str(self._stage.lineup), *few, "--json"]

    def _next(self, held: Stored) -> list[str]:
        """A run that died before it was recorded was never begun."""
        return ["resume", held.run, "--json"] if held.run else self._build()

    async def _passage(self, words: list[str], output: Path) -> int:
        child = self._drill.launcher.start(words, self._stage.environment, output, fresh=self._case.fresh)
        if self._case.target == "run":
            self._arm(child.kill)
            watcher = asyncio.create_task(self._watch_run(child))
        else:
            self._arm(self._stage.server.kill)
            watcher = asyncio.create_task(self._watch_server())
        try:
            async with asyncio.timeout(_PASSAGE_SECONDS):
                code = await child.wait()
                while self._stage.proxy.struck.is_set() and not watcher.done():
                    await asyncio.sleep(0.01)
                return code
        finally:
            child.kill()
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    def _arm(self, kill: Callable[[], None]) -> None:
        proxy = self._stage.proxy
        proxy.arm(proxy.moment or (self._moments.popleft() if self._moments else None), kill)

    async def _watch_run(self, child: Child) -> None:
        proxy, server = self._stage.proxy, self._stage.server
        moment = str(proxy.moment)
        await proxy.struck.wait()
        await child.wait()
        await proxy.settled()
        self._kills.append(self._killed_run(moment, stored(server.client())))
        await proxy.drop()
        proxy.resume(anew=False)

    async def _watch_server(self) -> None:
        proxy, server = self._stage.proxy, self._stage.server
        while moment := proxy.moment:
            await proxy.struck.wait()
            already = asked(self._stage.log)
            await proxy.drop()
            await server.start()
            self._kills.append(self._killed_server(str(moment), stored(server.client()), already))
            self._arm(server.kill)
            proxy.resume(anew=True)

    def _killed_run(self, moment: str, held: Stored) -> Kill:
        return Kill(moment, held.journal, held.published, asked(self._stage.log), len(held.events))

    def _killed_server(self, moment: str, held: Stored, already: Counter[str]) -> Kill:
        answers, revisions = acknowledged(self._stage.proxy.writes)
        lost = [f"answer {name}" for name in answers.keys() - held.journal.keys()]
        lost += [f"publish {step}" for step in revisions.keys() - held.published.keys()]
        # What the server kept counts as acknowledged, whether or not the run was told.
        kept, moved = {**held.journal, **answers}, {**held.published, **revisions}
        return Kill(moment, kept, moved, already, len(held.events), tuple(lost))


def _result(output: Path) -> dict[str, Any]:
    lines = output.read_text().splitlines() if output.exists() else []
    found = [json.loads(line) for line in lines if line.startswith('{"kind": "result"')]
    return found[-1] if found else {}


def _complaint(output: Path, result: dict[str, Any]) -> str:
    errors = output.with_name(output.name + ".err").read_text().splitlines()
    return str(result.get("reason") or (errors[-1] if errors else "nothing"))[:300]

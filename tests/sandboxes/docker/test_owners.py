"""What a run left behind goes; what somebody may still use never does, whatever its age."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from slipway.config import Settings
from slipway.config.lineup import ROLES, Lineup, RoleConfig
from slipway.sandboxes import Limits
from slipway.sandboxes.docker import OPENER_LABEL, RUN_LABEL, Engine, listed, open_docker
from slipway.state import EMPTY_VERSION, ProjectStore, RunRecord, RunStore, hold, open_state

from ...commands import run

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)
ELSEWHERE = '{"host": "h", "boot": "b", "pids": "p", "pid": 1, "started": 1, "nonce": ""}'
DEAD = "print(__import__('slipway.state').state.this_process())"
RUNS = ("left", "held", "foreign", "", "alive", "dead")


async def test_only_what_no_live_lease_owns_is_removed(
    settings: Settings, environment: dict[str, str], engine: Engine, docker_host: str
) -> None:
    def slipway(*words: str) -> list[Any]:
        done = run(*words, "--json", environment={**environment, "DOCKER_HOST": docker_host})
        assert done.stderr == ""
        return [json.loads(line) for line in done.stdout.splitlines()]

    dead = subprocess.run([sys.executable, "-c", DEAD], capture_output=True, text=True, check=True).stdout.strip()
    openers = {run: {OPENER_LABEL: ELSEWHERE} for run in RUNS} | {"alive": {}, "dead": {OPENER_LABEL: dead}}
    boxes = {run: await open_docker(engine, LIMITS, labels={RUN_LABEL: run, **openers[run]}) for run in RUNS}
    try:
        await judge(settings, engine, slipway)
    finally:
        for box in boxes.values():
            await box.close()


async def judge(settings: Settings, engine: Engine, slipway: Callable[..., list[Any]]) -> None:
    ids = {one.run: one.id for one in await listed(engine)}
    assert set(ids) == set(RUNS)
    async with open_state(settings) as redis:
        await ProjectStore(redis).create("p")
        lineup = Lineup(name="test", roles={role: RoleConfig(model="scripted:tally") for role in ROLES})
        for run in ("left", "held"):
            created = datetime.now(UTC)
            record = RunRecord(id=run, project="p", request="x", lineup=lineup, base=EMPTY_VERSION, created=created)
            await RunStore(redis).create(record)
        async with hold(redis, run="held", project="p"):
            [told] = [look for look in slipway("doctor") if look["what"] == "sandboxes"]
            removed = slipway("gc")
    assert not told["ok"]
    said = {one.partition(" ")[0]: one.partition(" s old, ")[2] for one in told["said"].split("; ")}
    assert said == {
        ids["left"][:12]: "of run left, which nobody works on: `slipway gc` removes it",
        ids["held"][:12]: "of run held, which is being worked on",
        ids["foreign"][:12]: "of run foreign, which this state does not know",
        ids[""][:12]: "of no run, opened by a process that cannot be judged from here",
        ids["alive"][:12]: "of run alive, whose process is alive",
        ids["dead"][:12]: "of run dead, whose process is dead: `slipway gc` removes it",
    }
    gone = sorted([{"sandbox": ids[run], "run": run} for run in ("left", "dead")], key=lambda one: str(one["run"]))
    assert sorted([one for one in removed if "sandbox" in one], key=lambda one: one["run"]) == gone
    assert {one.run for one in await listed(engine)} == {"held", "foreign", "", "alive"}

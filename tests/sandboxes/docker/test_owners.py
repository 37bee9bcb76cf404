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
from slipway.sandboxes.docker import RUN_LABEL, Engine, listed, open_docker
from slipway.state import EMPTY_VERSION, ProjectStore, RunRecord, RunStore, hold, open_state

LIMITS = Limits(memory_bytes=256 << 20, processes=64, workspace_bytes=32 << 20, workspace_files=2000)
RUNS = ("left", "held", "foreign", "")


async def test_only_what_no_live_lease_owns_is_removed(
    settings: Settings, environment: dict[str, str], engine: Engine, docker_host: str
) -> None:
    def slipway(*words: str) -> list[Any]:
        command = [sys.executable, "-m", "slipway", *words, "--json"]
        variables = {**environment, "DOCKER_HOST": docker_host}
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120, check=False)
        assert done.stderr == ""
        return [json.loads(line) for line in done.stdout.splitlines()]

    boxes = {run: await open_docker(engine, LIMITS, labels={RUN_LABEL: run}) for run in RUNS}
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
        ids[""][:12]: "of no run: its opener ends it",
    }
    assert removed[0] == {"sandbox": ids["left"], "run": "left"}
    assert {one.run for one in await listed(engine)} == {"held", "foreign", ""}

"""`slipway demo api`: what is built is held to a pack, and each of its faults is found by what is there to find it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from slipway.config import Settings, find_pack
from slipway.graphs.kits import needed
from slipway.graphs.resources import one_sandbox
from slipway.models.scripted import load_script
from slipway.sandboxes import Command, FileContent
from slipway.state.records import Brief, Plan

from ..commands import run
from ..conftest import own_folders

SCRIPT = load_script("api")


@pytest.fixture(scope="module")
def demonstrated(
    tmp_path_factory: pytest.TempPathFactory, cache_dir: Path
) -> Iterator[subprocess.CompletedProcess[str]]:
    """The demo, in a process of its own, since no test may ask a package index; with fewer faults than by default."""
    with own_folders(tmp_path_factory.mktemp("api"), cache_dir) as environment:
        yield run("demo", "api", "--json", "--set", "limits.mutants=6", environment=environment, timeout=180)


@pytest.fixture
def events(demonstrated: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert demonstrated.returncode == 0, demonstrated.stdout[-2000:] + demonstrated.stderr
    return [json.loads(line) for line in demonstrated.stdout.splitlines()]


def test_the_first_build_has_two_faults_and_the_fixer_repairs_both(events: list[dict[str, Any]]) -> None:
    first, second = [event for event in events if event["kind"] == "checks_finished"]
    assert (first["green"], second["green"]) == (False, True)
    failed = {check for check, status in first["results"].items() if status == "failed"}
    assert {"conventions", "tests"} <= failed
    found = sorted(each for each in first["findings"] if each.startswith(("conventions:", "tests:")))
    assert [re.match(r"conventions: no-sql-from-text |tests: .*test_c3_", each) is not None for each in found] == [
        True
    ] * 2
    assert second["results"]["conventions"] == "passed"


def test_it_is_delivered_proven_and_accepted(events: list[dict[str, Any]]) -> None:
    result = events[-1]
    assert {key: result[key] for key in ("kind", "status", "accepted", "acceptance")} == {
        "kind": "result", "status": "delivered", "accepted": True, "acceptance": "13 of 13 checks passed",
    }  # fmt: skip
    assert result["evidence"] == {f"C{number}": "proven" for number in range(1, 8)}


def test_the_tests_notice_most_faults(events: list[dict[str, Any]]) -> None:
    """Or they would prove nothing of what is delivered."""
    finished = [event["record"] for event in events if event["kind"] == "stage_finished"]
    assert [record["note"] for record in finished if record["step"] == "mutate/1"] == [
        "5 of 6 faults put into bookings noticed; 5 of 6 faults put into api noticed"
    ]


def test_without_an_index_it_is_said_before_anything_begins(
    environment: dict[str, str], cache_dir: Path, tmp_path: Path
) -> None:
    """In a cache that has the tools, and nothing of the pack's."""
    (tmp_path / "cache").mkdir()
    for tools in cache_dir.glob("toolchain-*"):
        (tmp_path / "cache" / tools.name).symlink_to(tools)
    alone = {**environment, "SLIPWAY_CACHE_DIR": str(tmp_path / "cache")}
    done = run("demo", "api", "--set", "sandbox.install.python_index=http://127.0.0.1:9/simple", environment=alone)
    told, said = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (78, "")
    assert told == "held to the pack fastapi-sqlite; what it depends on is installed on its first use"
    assert re.fullmatch(r"slipway: the registry cannot be reached at http://127\.0\.0\.1:9/simple/.*: name a .*", said)
    assert run("runs", "--json", environment=alone).stdout == ""


def written(*roles: str) -> dict[str, bytes]:
    """The files that the roles write, as they are at first."""
    calls = [call for rule in SCRIPT.rules if rule.role in roles for call in rule.reply.tool_calls]
    return {
        str(call.arguments["path"]): str(call.arguments["content"]).encode()
        for call in calls
        if call.name == "write_file"
    }


def recorded(marker: str) -> str:
    content = next(rule.reply.content for rule in SCRIPT.rules if marker in rule.when.contains)
    return cast(str, re.findall(r"```json\n(.*?)```", content, re.DOTALL)[0])


def test_the_plan_owns_what_is_written() -> None:
    brief, plan = (
        Brief.model_validate_json(recorded("## Task: brief")),
        Plan.model_validate_json(recorded("## Task: plan")),
    )
    assert {criterion.requirement for criterion in brief.criteria} == {each.id for each in brief.requirements}
    assert plan.waves() == (("bookings",), ("api",))
    assert {path for part in plan.components for path in part.files} == written("coder").keys()
    assert set(plan.tests) == written("tester").keys()
    assert (
        plan.commands == find_pack(SCRIPT.pack).commands or plan.commands.start == find_pack(SCRIPT.pack).commands.start
    )


async def test_acceptance_fails_on_the_first_build(
    demonstrated: subprocess.CompletedProcess[str], settings: Settings
) -> None:
    """On both faults; and on nothing at all."""
    assert demonstrated.returncode == 0  # the packages are there
    async with one_sandbox(settings, needed(find_pack(SCRIPT.pack))) as sandbox:
        await sandbox.write({"acceptance.py": FileContent(SCRIPT.acceptance.encode())})
        empty = await sandbox.exec(Command(("python", "acceptance.py"), timeout=60))
        assert (empty.exit_code, empty.stdout.text.splitlines()[0]) == (
            1,
            "the service cannot be used: it did not start: ModuleNotFoundError: No module named 'app'",
        )
        await sandbox.write({path: FileContent(data) for path, data in written("coder").items()})
        first = await sandbox.exec(Command(("python", "acceptance.py"), timeout=60))
    assert (first.exit_code, first.stdout.text.splitlines()) == (1, [
        "4 of 13 checks failed; the first:",
        "one_after_the_other: to book hour after hour: [201, 409, 409] instead of [201, 201, 201]",
        "search_takes_a_quote: search for \"o'clock\": 500",
        "search_is_no_sql: it: ['bookings', 'bookings_of_room', 'sqlite_sequence'] instead of []",
    ])  # fmt: skip

"""`slipway demo web`: a browser finds what nobody else sees, and criteria are proven by what it clicks through."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from slipway.checks.browser.scenarios import is_scenario_file, read_scenarios
from slipway.config import Settings
from slipway.graphs.resources import one_sandbox
from slipway.models.scripted import load_script
from slipway.sandboxes import Command, FileContent
from slipway.state.records import Brief, Plan

from ..cli.conftest import Slipway
from ..commands import run
from ..conftest import own_folders

pytestmark = pytest.mark.timeout(400)  # of which the first test of them takes nearly all
SCRIPT = load_script("web")
Demonstrated = tuple[subprocess.CompletedProcess[str], Slipway]


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Demonstrated]:
    """The demo, with semgrep, which is to find one of its faults; and the command line that knows it."""
    with own_folders(tmp_path_factory.mktemp("web"), cache_dir) as environment:
        some = ("--set", "checks.left_out=[coverage, types, bandit, secrets, audit]", "--set", "limits.mutants=6")
        yield (
            run("demo", "web", "--json", *some, environment=environment, timeout=360),
            partial(run, environment=environment),
        )


@pytest.fixture
def events(demonstrated: Demonstrated) -> list[dict[str, Any]]:
    done, _ = demonstrated
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_a_browser_finds_goes_to_the_fixer_and_not_to_who_wrote_the_scenario(events: list[dict[str, Any]]) -> None:
    """A scenario that fails says what the software did; its file is one of the tests all the same."""
    first, second = [event for event in events if event["kind"] == "checks_finished"]
    failed = {check for check, status in first["results"].items() if status == "failed"}
    assert failed == {"browser", "conventions", "semgrep"}
    shown = [re.match(r"\w+: \S+", each) for each in first["findings"]]
    assert sorted(each[0] for each in shown if each) == [
        "browser: exception",
        "browser: scenarios/packing.yaml::test_c4_what_is_packed_is_taken_off",
        "browser: scenarios/packing.yaml::test_c5_a_tag_is_shown_as_it_was_typed",
        "browser: scenarios/test_held_out.yaml::test_c4_two_of_three_are_taken_off_and_the_last_is_ticked",
        "browser: scenarios/test_held_out.yaml::test_c5_a_name_of_a_letter_stays_what_it_is",
        "conventions: no-html-from-text",
        "semgrep: js-html-from-text",
    ]
    assert second["green"]
    assert {check: second["results"][check] for check in failed} == dict.fromkeys(failed, "passed")
    finished = [event["record"] for event in events if event["kind"] == "stage_finished"]
    assert [record["step"] for record in finished][-5:] == ["check/1", "fix/1", "check/2", "mutate/1", "deliver"]
    assert [record["note"] for record in finished if record["step"] == "mutate/1"] == ["no code of it in Python"]


def test_it_is_delivered_proven_and_accepted(events: list[dict[str, Any]], demonstrated: Demonstrated) -> None:
    result, slipway = events[-1], demonstrated[1]
    assert {key: result[key] for key in ("kind", "status", "accepted", "acceptance")} == {
        "kind": "result", "status": "delivered", "accepted": True, "acceptance": "9 of 9 checks passed",
    }  # fmt: skip
    assert result["evidence"] == {f"C{number}": "proven" for number in range(1, 8)}
    proofs = json.loads(slipway("show", result["run"], "--json").stdout)["evidence"]
    by = {**{f"C{number}": "browser" for number in range(1, 6)}, "C6": "tests, browser", "C7": "tests"}
    assert {proof["criterion"]: proof["check"] for proof in proofs} == by


def test_its_report_has_a_picture_of_each_page_and_scenario(
    events: list[dict[str, Any]], demonstrated: Demonstrated, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    assert demonstrated[1]("show", events[-1]["run"], "--report", str(page)).returncode == 0
    pictures = re.findall(r'<img [^>]*src="data:image/png;base64,.*?<figcaption>browser: (.*?)<', page.read_text())
    scenarios = [name for name in pictures if name.endswith(" at its end")]
    assert len(scenarios) == 11
    assert sorted(set(pictures) - set(scenarios)) == [
        f"{path} at {size}" for path in ("/", "/help.html") for size in ("1280x800", "390x844")
    ]


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
    found = re.search(r"```json\n(.*?)```", content or "", re.DOTALL)
    assert found
    return found[1]


def test_the_plan_owns_what_is_written() -> None:
    brief = Brief.model_validate_json(recorded("## Task: brief"))
    plan = Plan.model_validate_json(recorded("## Task: plan"))
    assert {criterion.requirement for criterion in brief.criteria} == {each.id for each in brief.requirements}
    assert plan.waves() == (("packing",), ("pages",))
    assert {path for part in plan.components for path in part.files} == written("coder").keys()
    assert set(plan.tests) == written("tester").keys()
    played = {path: read_scenarios(path, data) for path, data in written("tester").items() if is_scenario_file(path)}
    assert {scenario.criterion for each in played.values() for scenario in each} == {f"C{n}" for n in range(1, 7)}


async def test_acceptance_fails_on_the_first_build(settings: Settings) -> None:
    """On both faults; and on nothing at all."""
    async with one_sandbox(settings) as sandbox:
        await sandbox.write({"acceptance.py": FileContent(SCRIPT.acceptance.encode())})
        empty = await sandbox.exec(Command(("python", "acceptance.py"), timeout=60))
        assert (empty.exit_code, empty.stdout.text.splitlines()[0]) == (1, "9 of 9 checks failed; the first:")
        await sandbox.write({path: FileContent(data) for path, data in written("coder").items()})
        first = await sandbox.exec(Command(("python", "acceptance.py"), timeout=60))
    assert (first.exit_code, first.stdout.text.splitlines()) == (1, [
        "2 of 9 checks failed; the first:",
        "what_is_called_is_there: what PackingList is asked for and does not have: ['removePacked'] instead of []",
        "text_stays_text: how app.js makes HTML of text: ['.innerHTML ='] instead of []",
    ])  # fmt: skip

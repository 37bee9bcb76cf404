"""What a model sends is not to be trusted: malformed, out of bounds or never right, it ends in one clear line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway import Outcome, run
from slipway.config import Settings, parse_lineup
from slipway.models.scripted import load_script
from slipway.models.scripted.script import DEMOS
from slipway.state import EventStream, ToolCalled, open_state

Change = Callable[[list[dict[str, Any]]], None]


def _rule(rules: list[dict[str, Any]], role: str, turn: int | None, marker: str) -> dict[str, Any]:
    [found] = [
        r for r in rules if r["role"] == role and r["when"].get("turn") == turn and marker in r["when"]["contains"]
    ]
    return found


async def _run(tmp_path: Path, settings: Settings, change: Change, project: str | None = None) -> Outcome:
    """The shipped demo with some of its replies changed."""
    script = yaml.safe_load((DEMOS / "tally.yaml").read_text())
    change(script["rules"])
    file = tmp_path / "script.yaml"
    file.write_text(yaml.safe_dump(script))
    lineup = parse_lineup({"name": "t", "default": {"model": f"scripted:{file}", "max_calls": 8}}, source="t")
    return await run(load_script("tally").request, lineup=lineup, settings=settings, project=project)


def _again(text: str) -> dict[str, Any]:
    return {
        "role": "architect",
        "when": {"turn": 1, "contains": ["## Task: brief", "This is not a valid Brief"]},
        "reply": {"content": text},
    }


async def test_a_malformed_brief_may_be_repaired_once(tmp_path: Path, settings: Settings) -> None:
    def change(rules: list[dict[str, Any]]) -> None:
        brief = _rule(rules, "architect", 0, "## Task: brief")
        rules.append(_again(brief["reply"]["content"]))
        brief["reply"]["content"] = brief["reply"]["content"].replace('"requirement": "R1"', '"requirement": "R9"')

    outcome = await _run(tmp_path, settings, change)
    assert (outcome.status, outcome.usage.calls) == ("delivered", 18)


async def test_a_brief_that_stays_malformed_fails_the_run(tmp_path: Path, settings: Settings) -> None:
    def change(rules: list[dict[str, Any]]) -> None:
        _rule(rules, "architect", 0, "## Task: brief")["reply"]["content"] = "Sure! Here it is."
        rules.append(_again("Sorry."))

    outcome = await _run(tmp_path, settings, change)
    assert (outcome.status, outcome.stages) == ("failed", ())
    assert outcome.reason == (
        f"the architect's model 'scripted:{tmp_path}/script.yaml' twice gave no valid brief: there is no JSON object "
        "in it; give the architect another model in the line-up"
    )


async def test_a_plan_with_a_path_outside_the_project_is_refused(tmp_path: Path, settings: Settings) -> None:
    def change(rules: list[dict[str, Any]]) -> None:
        plan = _rule(rules, "architect", None, "## Task: plan")
        plan["reply"]["content"] = plan["reply"]["content"].replace("tally/amounts.py", "../amounts.py")

    outcome = await _run(tmp_path, settings, change)
    assert outcome.status == "failed"
    assert "twice gave no valid plan: " in outcome.reason
    assert "'../amounts.py' is not a path inside the project; give a relative path without '..'" in outcome.reason


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../../etc/cron.d/x", "'../../etc/cron.d/x' is not a path inside the project"),
        ("/etc/passwd", "'/etc/passwd' is not a path inside the project"),
        ("tally/ledger.py", "tally/ledger.py does not belong to component 'amounts', which owns tally/amounts.py"),
    ],
)
async def test_a_coder_that_writes_elsewhere_is_told_and_nothing_is_written(
    tmp_path: Path, settings: Settings, path: str, why: str
) -> None:
    def change(rules: list[dict[str, Any]]) -> None:
        write = _rule(rules, "coder", 0, "## Component: amounts")
        [call] = write["reply"]["tool_calls"]
        write["reply"]["tool_calls"] = [{"name": "write_file", "arguments": {"path": path, "content": "x"}}, call]
        # The script goes on only where the model was told why.
        _rule(rules, "coder", 1, "## Component: amounts")["when"]["contains"].append(why)

    outcome = await _run(tmp_path, settings, change)
    assert outcome.status == "delivered", outcome.reason
    assert path not in outcome.files or path == "tally/ledger.py"
    async with open_state(settings) as redis:
        events = [event for _, event in await EventStream(redis, outcome.run).read()]
    assert sum(isinstance(event, ToolCalled) and not event.ok for event in events) == 1


async def test_a_fixer_that_never_gets_it_right_is_stopped(tmp_path: Path, settings: Settings) -> None:
    def change(rules: list[dict[str, Any]]) -> None:
        rules[:] = [rule for rule in rules if rule["role"] != "fixer"]
        rules.append({"role": "fixer", "when": {"contains": ["## Findings"]}, "reply": {"content": "It is done."}})

    outcome = await _run(tmp_path, settings, change)
    assert outcome.status == "gave_up"
    assert outcome.reason == (
        "1 finding still blocks after 3 repairs, the last 3 of which changed nothing: [tests] "
        "tests/test_amounts.py::test_c2_one_decimal_counts_tens_of_cents tests/test_amounts.py:23 "
        f"AssertionError: assert 1205 == 1250; see more with: slipway show {outcome.run}"
    )
    assert {proof.criterion: proof.status for proof in outcome.evidence}["C2"] == "failed"
    assert "tally/amounts.py" in outcome.files  # what there is, is kept


async def test_a_fixer_may_not_change_the_tests(tmp_path: Path, settings: Settings) -> None:
    """The cheapest way to green is to weaken the test; the tests are locked."""

    def change(rules: list[dict[str, Any]]) -> None:
        weaken = {"name": "run", "arguments": {"command": "echo > tests/test_amounts.py"}}
        delete = {"name": "write_file", "arguments": {"path": "tests/test_amounts.py", "content": ""}}
        rules[:] = [rule for rule in rules if rule["role"] != "fixer"]
        for turn, reply in enumerate([{"tool_calls": [weaken, delete]}, {"content": "All tests pass now."}]):
            rules.append({"role": "fixer", "when": {"turn": turn, "contains": ["## Findings"]}, "reply": reply})

    outcome = await _run(tmp_path, settings, change)
    assert outcome.status == "gave_up"
    fixes = [stage.note for stage in outcome.stages if stage.stage == "fix"]
    left = "left behind, as this step does not own them: tests/test_amounts.py"
    assert fixes == [left, f"rethink; {left}"]


async def test_a_component_may_not_own_what_steers_the_tests(tmp_path: Path, settings: Settings) -> None:
    """A hook in conftest.py can turn every failure into a pass."""

    def change(rules: list[dict[str, Any]]) -> None:
        plan = _rule(rules, "architect", None, "## Task: plan")
        plan["reply"]["content"] = plan["reply"]["content"].replace("tally/amounts.py", "conftest.py")

    outcome = await _run(tmp_path, settings, change)
    assert outcome.status == "failed"
    assert "component 'amounts' owns 'conftest.py', which decides how tests run" in outcome.reason


async def test_a_test_that_passes_without_any_code_proves_nothing(tmp_path: Path, settings: Settings) -> None:
    def change(rules: list[dict[str, Any]]) -> None:
        tests = _rule(rules, "tester", 0, "## Task: tests")
        for call in tests["reply"]["tool_calls"]:
            call["arguments"]["content"] = "def test_c1_fine():\n    assert len('a') == 1\n"

    outcome = await _run(tmp_path, settings, change)
    assert outcome.checks is not None and outcome.checks.green
    assert outcome.status == "gave_up"
    assert outcome.reason.startswith("no telling test proves C1, C2, C3, C4, C5, C6, C7")


async def test_tests_of_an_earlier_run_prove_nothing_of_this_one(tmp_path: Path, settings: Settings) -> None:
    """Each run numbers its criteria from C1 on."""
    text = load_script("tally").request
    first = await run(text, lineup="demo", settings=settings, project="ledger")
    assert first.status == "delivered"

    def change(rules: list[dict[str, Any]]) -> None:
        plan = _rule(rules, "architect", None, "## Task: plan")
        for name in ("amounts", "ledger", "cli"):
            plan["reply"]["content"] = plan["reply"]["content"].replace(
                f"tests/test_{name}.py", f"tests/test_new_{name}.py"
            )
        tests = _rule(rules, "tester", 0, "## Task: tests")
        for number, call in enumerate(tests["reply"]["tool_calls"]):
            path = call["arguments"]["path"].replace("tests/test_", "tests/test_new_")
            call["arguments"] = {"path": path, "content": f"def test_other_{number}():\n    assert len('a') == 1\n"}

    outcome = await _run(tmp_path, settings, change, project="ledger")
    assert (outcome.status, {proof.status for proof in outcome.evidence}) == ("gave_up", {"unproven"})


async def test_a_reply_that_no_rule_has_parks_the_run(tmp_path: Path, settings: Settings) -> None:
    def change(rules: list[dict[str, Any]]) -> None:
        rules[:] = [rule for rule in rules if rule["role"] != "fixer"]

    outcome = await _run(tmp_path, settings, change)
    assert (outcome.status, outcome.cause) == ("paused", "model")
    assert "refused the request (HTTP 400)" in outcome.reason and "fixer" in outcome.reason


async def test_each_role_asks_its_own_model(start_endpoint: Any, settings: Settings, request_text: str) -> None:
    """The endpoint's own log says who asked for what."""
    endpoint = start_endpoint()
    names = {"architect": "big", "coder": "fast", "tester": "other", "fixer": "careful"}
    roles = {role: {"model": f"openai:{name}", "base_url": endpoint.base_url} for role, name in names.items()}
    outcome = await run(request_text, lineup=parse_lineup({"name": "t", "roles": roles}, source="t"), settings=settings)
    assert outcome.status == "delivered"
    asked = {(e["role"], e["model"]) for e in endpoint.entries() if e["event"] == "asked"}
    assert asked == set(names.items())
    assert json.loads(outcome.model_dump_json())["usage"]["cost_usd"] is None  # unknown, and said to be

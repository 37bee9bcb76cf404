"""The demo is the first thing that people run: its bug must be real, found by a test, and repaired by the edit shown.

The roles' tool calls are carried out here on real files, by the code that the endpoint returned over HTTP.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.models.scripted import Script
from slipway.state.records import Brief, Plan

BUG = "tests/test_amounts.py::test_c2_one_decimal_counts_tens_of_cents"
FINDING = """## Findings
tests/test_amounts.py::test_c2_one_decimal_counts_tens_of_cents
    def test_c2_one_decimal_counts_tens_of_cents() -> None:
>       assert parse_amount("12.5") == 1250
E       AssertionError: assert 1205 == 1250
"""
OPENINGS = {
    "tests": ("tester", "## Task: tests"),
    "amounts": ("coder", "## Component: amounts"),
    "ledger": ("coder", "## Component: ledger"),
    "cli": ("coder", "## Component: cli"),
    "fix": ("fixer", FINDING),
}
Start = Callable[[str, str], Any]


@dataclass
class Workspace:
    """The tools that the script calls, on a folder of this machine."""

    root: Path

    def __call__(self, name: str, arguments: dict[str, Any]) -> str:
        return getattr(self, name)(**arguments)

    def write_file(self, path: str, content: str) -> str:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        return f"wrote {path}"

    def read_file(self, path: str) -> str:
        return (self.root / path).read_text()

    def edit_file(self, path: str, old: str, new: str) -> str:
        text = self.read_file(path)
        assert text.count(old) == 1
        return self.write_file(path, text.replace(old, new))

    def run(self, command: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command, shell=True, cwd=self.root, env=os.environ | {"PATH": path}, capture_output=True, text=True
        )
        return f"exit code {done.returncode}\n{done.stdout}{done.stderr}"

    def run_checks(self) -> str:
        return self.run("python -m pytest -q -p no:cacheprovider -p no:asyncio --tb=short -rfE")


def play(start: Start, name: str, tools: Workspace) -> list[dict[str, Any]]:
    """Run one role's conversation to its end; its messages."""
    talk = start(*OPENINGS[name])
    while "tool_calls" in talk.turn(tools):
        pass
    return talk.messages


def results(messages: list[dict[str, Any]]) -> list[str]:
    return [message["content"] for message in messages if message["role"] == "tool"]


@pytest.fixture(scope="module")
def built(talk: Start, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, dict[str, list[str]]]:
    """The files as coders and tester left them, and what their tools said."""
    tools = Workspace(tmp_path_factory.mktemp("tally"))
    return tools, {name: results(play(talk, name, tools)) for name in ("amounts", "ledger", "cli", "tests")}


@pytest.fixture(scope="module")
def found(built: tuple[Workspace, dict[str, list[str]]]) -> str:
    return built[0].run_checks()


@pytest.fixture(scope="module")
def repaired(built: tuple[Workspace, dict[str, list[str]]], found: str, talk: Start) -> tuple[Workspace, list[str]]:
    """A copy of the files after the fixer, who was shown what the tests really said, and what its tools said."""
    tools = Workspace(built[0].root.with_name("repaired"))
    for path in built[0].root.rglob("*.py"):
        tools.write_file(str(path.relative_to(built[0].root)), path.read_text())
    fixer = talk("fixer", f"## Findings\n{found}")
    while "tool_calls" in fixer.turn(tools):
        pass
    return tools, results(fixer.messages)


def fenced(tally: Script, marker: str) -> str:
    content = next(rule.reply.content for rule in tally.rules if marker in rule.when.contains)
    (found,) = re.findall(r"```json\n(.*?)```", content, re.DOTALL)
    return found


def test_the_brief_and_the_plan_are_records(tally: Script) -> None:
    brief = Brief.model_validate_json(fenced(tally, "## Task: brief"))
    plan = Plan.model_validate_json(fenced(tally, "## Task: plan"))
    assert [criterion.id for criterion in brief.criteria] == [f"C{n}" for n in range(1, 8)]
    assert {criterion.requirement for criterion in brief.criteria} == {r.id for r in brief.requirements}
    assert plan.waves() == (("amounts", "ledger"), ("cli",))
    assert plan.commands.model_dump(exclude_none=True) == {
        "test": "python -m pytest -q",
        "start": "python -m tally --help",
    }


def test_the_architect_is_reached(talk: Start, tally: Script) -> None:
    for marker in (f"## Task: brief\n\n{tally.request}", f"## Task: plan\n\n{tally.request}"):
        message = talk("architect", marker).turn(Workspace(Path()))
        assert fenced(tally, marker.partition("\n")[0]) in message["content"]


def test_the_roles_write_the_files_of_the_plan_and_nothing_else(
    built: tuple[Workspace, dict[str, list[str]]], tally: Script
) -> None:
    plan = Plan.model_validate_json(fenced(tally, "## Task: plan"))
    owned = {path for component in plan.components for path in component.files} | set(plan.tests)
    assert {str(path.relative_to(built[0].root)) for path in built[0].root.rglob("*.py")} == owned


def test_the_smoke_checks_work_and_put_a_timing_into_the_prompt(
    built: tuple[Workspace, dict[str, list[str]]],
) -> None:
    for name in ("amounts", "ledger"):
        assert re.match(r"exit code 0\n\d+ loops, best of 5: .* per loop\n", built[1][name][0])


def test_exactly_the_intended_test_fails(found: str) -> None:
    assert re.findall(r"^(?:FAILED|ERROR) (\S+)", found, re.MULTILINE) == [BUG]
    assert re.search(r"\n1 failed, 33 passed in ", found)


def test_every_criterion_has_a_test(built: tuple[Workspace, dict[str, list[str]]]) -> None:
    text = "".join(path.read_text() for path in (built[0].root / "tests").iterdir() if path.suffix == ".py")
    names = re.findall(r"def test_(\w+?)_", text)
    assert set(names) == {f"c{n}" for n in range(1, 8)}


def test_after_the_fixer_every_test_passes(repaired: tuple[Workspace, list[str]]) -> None:
    (read, edited), checked = repaired[1], repaired[0].run_checks()
    assert "int(fraction or 0)" in read
    assert edited == "wrote tally/amounts.py"
    assert re.search(r"exit code 0\n(.*\n)*34 passed in ", checked)


def test_acceptance_fails_on_the_bug_and_passes_on_the_repair(
    built: tuple[Workspace, dict[str, list[str]]], repaired: tuple[Workspace, list[str]], tally: Script
) -> None:
    for tools in (built[0], repaired[0]):
        tools.write_file("acceptance.py", tally.acceptance)
    assert built[0].run("python acceptance.py") == (
        "exit code 1\n3 of 20 checks failed; the first:\n"
        "one_decimal: list: '2024-02-29\\tbooks\\t7.05\\ta novel' instead of '2024-02-29\\tbooks\\t7.50\\ta novel'\n"
        "month_alone: total --month 2024-02: '957.05' instead of '957.50'\n"
        "category_alone: total --category books: '7.06' instead of '7.51'\n"
    )
    assert repaired[0].run("python acceptance.py") == "exit code 0\n20 of 20 checks passed\n"


def test_acceptance_fails_on_an_empty_project(tally: Script, tmp_path: Path) -> None:
    tools = Workspace(tmp_path)
    tools.write_file("acceptance.py", tally.acceptance)
    assert tools.run("python acceptance.py").startswith("exit code 1\n20 of 20 checks failed")


@pytest.mark.parametrize("mode", ["check", "format --check"])
def test_the_files_are_clean(repaired: tuple[Workspace, list[str]], mode: str) -> None:
    assert repaired[0].run(f"ruff {mode} --isolated --no-cache .").startswith("exit code 0\n")


@pytest.mark.parametrize(
    "shown", ["## Findings\nassert 1205 == 1250", f"## Findings\n{BUG}", f"{BUG}\nassert 1205 == 1250"]
)
def test_the_fixer_repairs_only_what_it_was_shown(talk: Start, shown: str) -> None:
    response = talk("fixer", shown).ask()
    assert (response.status_code, response.json()["error"]["code"]) == (400, "no_matching_rule")


def test_the_fixer_edits_only_the_line_that_it_has_read(talk: Start) -> None:
    fixer = talk(*OPENINGS["fix"])
    fixer.turn(lambda name, arguments: "def parse_amount(text): ...")
    assert "fails on: last 'int(fraction or 0)'" in fixer.ask().json()["error"]["message"]


@settings(max_examples=40, deadline=None)  # the clock of a loaded machine is no property
@given(data=st.data())
def test_interleaved_conversations_get_what_they_get_alone(data: st.DataObject, talk: Start, tally: Script) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(OPENINGS)), min_size=2, max_size=2, unique=True))
    talks = [talk(*OPENINGS[name]) for name in names]
    waiting = [0, 1]
    while waiting:
        chosen = data.draw(st.sampled_from(waiting))
        if "tool_calls" not in talks[chosen].turn(lambda name, arguments: "done: int(fraction or 0)"):
            waiting.remove(chosen)
    for name, conversation in zip(names, talks, strict=True):
        said = [message for message in conversation.messages if message["role"] == "assistant"]
        assert list(map(shape, said)) == expected(tally, name)


def shape(message: dict[str, Any]) -> tuple[str, list[Any]]:
    calls = [call["function"] for call in message.get("tool_calls", ())]
    return message["content"] or "", [(call["name"], json.loads(call["arguments"])) for call in calls]


def expected(tally: Script, name: str) -> list[tuple[str, list[Any]]]:
    role, opening = OPENINGS[name]
    rules = [rule for rule in tally.rules if rule.role == role and rule.when.contains[0] in opening]
    return [(rule.reply.content, [(call.name, call.arguments) for call in rule.reply.tool_calls]) for rule in rules]

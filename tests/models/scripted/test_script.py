"""A script is written by hand, so a slip in it must be named by file and field, before any run starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.models.endpoints import ToolCall
from slipway.models.scripted import ScriptError, demo_names, load_script, project_of

GOOD = """
name: tiny
request: Say hello.
rules:
  - role: coder
    when: { contains: ["## Component: greeting"], turn: 0 }
    reply:
      content: Hello.
      tool_calls: [{ name: write_file, arguments: { path: a.py, content: "x = 1\\n" } }, { name: run_checks }]
"""
RULE = "  - role: coder\n    when: {when}\n    reply: {{ content: Hello again. }}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "tiny.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", demo_names())
def test_every_shipped_script_loads(name: str) -> None:
    assert load_script(name).name == name


def test_a_script_is_read_from_a_path_too(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert load_script(path) == load_script(str(path))
    assert load_script(path).rules[0].reply.tool_calls == (
        ToolCall(name="write_file", arguments={"path": "a.py", "content": "x = 1\n"}),
        ToolCall(name="run_checks"),
    )


def test_the_project_that_a_script_changes_stands_beside_it(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert project_of(path) is None
    (tmp_path / "tiny").mkdir()
    assert project_of(path) == project_of(str(path)) == tmp_path / "tiny"
    assert project_of("tally") is None
    with pytest.raises(ScriptError, match="no script 'taly'"):
        project_of("taly")


def test_an_unknown_name_lists_those_that_exist() -> None:
    with pytest.raises(
        ScriptError, match=r"no script 'taly'; there are api, change, tally, web, or give a path to a \.yaml"
    ):
        load_script("taly")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("turn: 0", "turns: 0", "rules.0.when.turns: Extra inputs are not permitted"),
        ("turn: 0", "turn: -1", "rules.0.when.turn: Input should be greater than or equal to 0"),
        ("role: coder", "role: painter", "rules.0.role: Input should be 'architect', 'coder', 'tester' or 'fixer'"),
        ("path: a.py", "path: 2026-11-03", "rules.0.reply.tool_calls.0.arguments.path: input was not a valid JSON"),
        ("name: write_file", 'name: ""', "rules.0.reply.tool_calls.0.name: String should have at least 1 character"),
        ('"## Component: greeting"', '""', "rules.0.when.contains.0: String should have at least 1 character"),
        ("request: Say hello.", "", "request: Field required"),
        ("name: tiny", "name: [", "is not valid YAML"),
        (GOOD, "", "the script: Input should be"),
    ],
)
def test_a_fault_is_named_by_file_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ScriptError) as caught:
        load_script(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


def test_a_reply_that_says_nothing_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"rules\.1\.reply: .* a reply needs `content` or `tool_calls`"):
        load_script(written(tmp_path, GOOD + "  - role: coder\n    reply: {}\n"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"none\.yaml: cannot be read: No such file"):
        load_script(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "when",
    [
        '{ contains: ["## Component: greeting"], turn: 0 }',
        '{ turn: 0, contains: ["## Component: greeting", "## Component: greeting"] }',
        '{ last: ["## Component: greeting"], turn: 0 }',
        '{ contains: ["## Component: greeting card"], turn: 0 }',
    ],
)
def test_a_rule_that_could_never_win_is_refused(tmp_path: Path, when: str) -> None:
    with pytest.raises(ScriptError, match=r"rules\.\d .* can never win against rules\.\d .*; tell them apart"):
        load_script(written(tmp_path, GOOD + RULE.format(when=when)))


@pytest.mark.parametrize(
    "when",
    [
        '{ contains: ["## Component: greeting"] }',
        '{ contains: ["## Component: greeting"], turn: 1 }',
        '{ contains: ["## Component: other"], turn: 0 }',
        '{ contains: ["## Component: greeting", "Traceback"], turn: 0 }',
    ],
)
def test_rules_that_can_be_told_apart_are_fine(tmp_path: Path, when: str) -> None:
    assert len(load_script(written(tmp_path, GOOD + RULE.format(when=when))).rules) == 2

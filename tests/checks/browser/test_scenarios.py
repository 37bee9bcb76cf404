"""A scenario is data that a model wrote: whatever is wrong with it is said with its line, and nothing is guessed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.checks import criterion_of
from slipway.checks.browser.scenarios import (
    EXPECTED,
    STEPS,
    BadScenario,
    Scenario,
    Step,
    is_scenario_file,
    read_scenarios,
)

DOCUMENT = Path(__file__).parents[3] / "docs" / "checks.md"
HEAD = "criterion: C1\nname: Adds, twice!\nopen: /list?all=1\nsteps:\n"


def test_what_it_says_is_read_with_lines() -> None:
    text = HEAD + "  - fill: {Amount: 1.50, Paid: yes}\n  - press: Enter\n  - expect: {text: 1, count: {li: 2}}\n"
    [scenario] = read_scenarios("scenarios/x.yaml", text.encode())
    assert scenario == Scenario(
        "scenarios/x.yaml", 1, "C1", "Adds, twice!", "/list?all=1",
        (
            Step(5, "fill", {"Amount": "1.50", "Paid": "yes"}),
            Step(6, "press", "Enter"),
            Step(7, "expect", {"text": "1", "count": {"li": 2}}),
        ),
    )  # fmt: skip
    assert scenario.id == "scenarios/x.yaml::test_c1_adds_twice"
    assert criterion_of(scenario.id) == "C1"


def test_the_documents_example_holds_all_there_is() -> None:
    """Who writes one has nothing else to learn it from."""
    [text] = re.findall(r"```yaml\n(criterion: .*?)```", DOCUMENT.read_text(), re.DOTALL)
    [scenario] = read_scenarios("scenarios/x.yaml", text.encode())
    assert {step.do for step in scenario.steps} == set(STEPS)
    assert {name for step in scenario.steps if step.do == "expect" for name in step.given} == set(EXPECTED)
    assert [step.line for step in scenario.steps] == [5 + number for number in range(len(scenario.steps))]


@pytest.mark.parametrize(("text", "line", "said"), [
    ("", 1, "holds no scenario"),
    ("[]", 1, "holds no scenario"),
    ("a: [", 1, "not YAML"),
    ("\x00", 1, "not YAML"),
    ("criterion: C1\n", 1, "needs 'name'"),
    ("criterion: 1\nname: x\nopen: /\nsteps: [{expect: {text: x}}]\n", 1, "no id of a criterion"),
    ("criterion: C1\nname: '!'\nopen: /\nsteps: [{expect: {text: x}}]\n", 2, "needs a letter"),
    ("criterion: C1\nname: x\nopen: //evil.example\nsteps: [{expect: {text: x}}]\n", 3, "no path of the site"),
    ("criterion: C1\nname: x\nopen: http://a/\nsteps: [{expect: {text: x}}]\n", 3, "no path of the site"),
    (HEAD + "  - click: x\n", 5, "proves nothing"),
    (HEAD + "  - wait: 3\n", 5, "'wait' of a step is none of click, fill, press, expect"),
    (HEAD + "  - {click: x, press: y}\n", 5, "a step is one of"),
    (HEAD + "  - expect: {title: x}\n", 5, "'title' of expect is none of"),
    (HEAD + "  - expect: {count: {li: many}}\n", 5, "no number"),
    (HEAD + "  - expect: {text: x, text: y}\n", 5, "appears twice"),
    (HEAD + "  - fill: x\n", 5, "fill is a mapping"),
    (HEAD + "  - expect: {text: &a x}\n  - click: *a\n", 6, "no aliases"),
    (HEAD + "  - " + "[" * 20 + "]" * 20 + "\n", 5, "nested too deeply"),
    ("extra: 1\n" + HEAD + "  - expect: {text: x}\n", 1, "'extra' of a scenario is none of"),
    ("a" * 70_000, 1, "more than 64 KiB"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(BadScenario, match=said) as error:
        read_scenarios("scenarios/x.yaml", text.encode())
    assert error.value.line == line


def test_two_of_one_name_could_hide_each_other() -> None:
    one = "- {criterion: C1, name: x, open: /, steps: [{expect: {text: x}}]}\n"
    with pytest.raises(BadScenario, match="two scenarios of C1"):
        read_scenarios("scenarios/x.yaml", (one + one).encode())


def test_only_data_files_in_their_folder_are_read() -> None:
    paths = ("scenarios/a.yaml", "scenarios/b/c.yml", "scenarios/a.py", "a.yaml", "x/scenarios/a.yaml")
    assert [path for path in paths if is_scenario_file(path)] == ["scenarios/a.yaml", "scenarios/b/c.yml"]


@given(st.binary(max_size=300) | st.text(alphabet="abc:-[]{}&*!|>'\"#%@`,?\n \t", max_size=200).map(str.encode))
def test_no_bytes_do_harm(data: bytes) -> None:
    with pytest.raises(BadScenario):
        read_scenarios("scenarios/x.yaml", data)

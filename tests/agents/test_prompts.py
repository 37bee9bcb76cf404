"""A prompt is part of the program: a value that is missing, or text in the wrong place, shows in no type checker."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from slipway.agents import Tried, View, check_prompts, pinned, prompts
from slipway.agents.prompts import HERE, _environment, render
from slipway.agents.structured import schema
from slipway.config import ROLES, ConfigurationError, Lineup, Role, RoleConfig
from slipway.state import Brief, Plan
from slipway.state.records import Ruling
from slipway.state.text import quoted

VIEW = View("a.py", {"AGENTS.md": "Use tabs."})


def values(brief: Brief, plan: Plan) -> dict[tuple[str, str], dict[str, Any]]:
    """What every prompt that is not a role's standing instructions is given."""
    return {
        ("architect", "brief"): {"request": "Build tally.", "view": VIEW, "schema": schema(Brief)},
        ("architect", "plan"): {
            "brief": brief, "view": VIEW, "schema": schema(Plan), "before": plan, "feedback": ["use sqlite"],
            "packs": {"python-cli": "Programs of Python."},
        },
        ("architect", "ruling"): {
            "brief": brief, "test": "t.py::test_c1", "source": "assert 0", "error": "E", "reason": "it contradicts C1",
            "schema": schema(Ruling),
        },
        ("coder", "component"): {
            "brief": brief, "plan": plan, "component": plan.component("cli"), "view": VIEW,
            "findings": ["[imports] a.py:1 NameError"],
        },
        ("coder", "solo"): {"brief": brief, "plan": plan, "view": VIEW},
        ("coder", "tests"): {"brief": brief, "plan": plan, "wrong": ["C1: no test"]},
        ("alone", "brief"): {"request": "Build tally.", "view": VIEW, "schema": schema(Brief)},
        ("alone", "plan"): {
            "brief": brief, "schema": schema(Plan), "before": plan, "feedback": ["use sqlite"],
            "packs": {"python-cli": "Programs of Python."},
        },
        ("alone", "solo"): {"plan": plan},
        ("alone", "findings"): {"findings": ["[lint] F401 a.py:1 unused"], "anew": True},
        ("alone", "tests"): {"plan": plan, "wrong": ["C1: no test"]},
        ("tester", "tests"): {
            "brief": brief, "plan": plan, "wrong": ["C1: no test"], "models": {"tests/test_a.py": "def test_a(): ..."},
        },
        ("fixer", "findings"): {
            "brief": brief, "plan": plan, "findings": ["[lint] F401 a.py:1 unused"], "sources": {"a.py": "import os\n"},
            "executed": "t.py::test_a: a.py:1", "tried": [Tried("-a\n+b\n", 1)], "anew": True,
        },
    }  # fmt: skip


FILES = sorted(HERE.glob("*/*/*.md"), key=str)


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_every_prompt_renders_and_needs_all_that_it_names(file: Path, brief: Brief, plan: Plan) -> None:
    role: Any = file.parts[-3]
    given = values(brief, plan).get((role, file.stem), {})
    text = render(role, file.parts[-2], file.stem, **given)
    assert text == text.strip() and "{%" not in text and "{#" not in text
    if file.stem == "system":
        known = "coder" if role == "alone" else role
        assert text.startswith(f"# Role: {known}\n")  # the scripted endpoint knows roles by it
    for name in given:
        with pytest.raises(UndefinedError, match=f"'{name}' is undefined"):
            render(role, file.parts[-2], file.stem, **{key: value for key, value in given.items() if key != name})


def test_there_is_a_prompt_for_each_of_them(brief: Brief, plan: Plan) -> None:
    systems = {(role, "system") for role in (*ROLES, "alone")}
    assert {(file.parts[-3], file.stem) for file in FILES} == values(brief, plan).keys() | systems


def test_text_of_others_is_data_and_not_a_template(brief: Brief, plan: Plan) -> None:
    """A request with braces in it, or one that tries, comes through as it is."""
    request = "Print {{ 7 * 7 }} and {% for x in y %} <b>&amp;</b>"
    given = values(brief, plan)
    assert request in render("architect", "v1", "brief", **{**given["architect", "brief"], "request": request})
    sources = {"a.py": request}
    assert request in render("fixer", "v1", "findings", **{**given["fixer", "findings"], "sources": sources})
    assert "`list` prints <all> & {{ more }}." in render("tester", "v1", "tests", **given["tester", "tests"])


def test_text_of_others_has_a_filter_that_marks_it() -> None:
    """What files, commands and guidance say goes into prompts with their source, in a fence that it cannot close."""
    template = _environment().from_string("{{ text | data(path) }}")
    assert template.render(text="x = 1\n", path="a.py") == quoted("a.py", "x = 1\n")


def test_the_whole_prompt_of_a_component(brief: Brief, plan: Plan) -> None:
    given: dict[str, Any] = {"brief": brief, "plan": plan, "component": plan.component("cli"), "findings": []}
    given["view"] = View("tally/amounts.py")
    assumed = "\n".join(f"- {each}" for each in brief.assumptions)
    assert render("coder", "v1", "component", **given) == (
        "The goal: Keep expenses.\n\n"
        "Requirements:\n- R1: Amounts are exact.\n- R2: They are listed.\n\n"
        f"Assumptions:\n{assumed}\n\n"
        "The plan: Amounts and a command line.\n\n"
        "Interfaces of all components:\n"
        "### amounts (tally/amounts.py)\nparse(text) -> int\n\n"
        "### cli (tally/cli.py, tally/__main__.py)\nmain() -> int\n\n"
        f"The project as it stands:\n{quoted('the project', 'tally/amounts.py')}\n\n"
        "## Component: cli\n\n"
        "Write this component: The commands.\n\n"
        "It owns tally/cli.py, tally/__main__.py. It uses amounts."
    )


def test_what_is_empty_leaves_no_heading_behind(brief: Brief, plan: Plan) -> None:
    bare = Brief.model_validate({**brief.model_dump(), "assumptions": []})
    quiet = Plan.model_validate({**plan.model_dump(), "commands": {}})
    tests = render("tester", "v1", "tests", brief=bare, plan=quiet, wrong=[], models={})
    assert "Assumptions:\n- none\n" in tests and "started from its root" not in tests
    given: dict[str, Any] = {"brief": brief, "plan": plan, "view": View(), "findings": []}
    amounts = render("coder", "v1", "component", component=plan.component("amounts"), **given)
    assert "as it stands" not in amounts and "It uses" not in amounts
    design: dict[str, Any] = {"brief": brief, "view": View(), "schema": "{}", "before": None, "feedback": []}
    text = render("architect", "v1", "plan", **design, packs={})
    assert "The project is empty." in text and "conventions that the project follows" not in text


def test_two_components_share_everything_before_their_own_task(brief: Brief, plan: Plan) -> None:
    """Providers cache a prompt by its beginning: stable text comes first."""
    given: dict[str, Any] = {"brief": brief, "plan": plan, "view": VIEW, "findings": []}
    heads, tasks = zip(
        *(
            render("coder", "v1", "component", component=component, **given).split("## Component: ")
            for component in plan.components
        ),
        strict=True,
    )
    assert heads[0] == heads[1] and tasks[0] != tasks[1]
    assert len(heads[0]) > len(tasks[0])


def test_two_requests_share_everything_before_the_request(brief: Brief, plan: Plan) -> None:
    given = values(brief, plan)["architect", "brief"]
    one, other = (render("architect", "v1", "brief", **{**given, "request": text}) for text in ("Build a.", "Make b."))
    assert one.removesuffix("Build a.") == other.removesuffix("Make b.")


def test_nothing_of_the_code_reaches_the_tester(brief: Brief, plan: Plan) -> None:
    """Tests that were written from the code test that the code is what it is."""
    more: dict[str, Any] = {"files": ["secret.py"], "sources": {"a": "secret"}}
    with_files = render("tester", "v1", "tests", brief=brief, plan=plan, wrong=[], models={}, **more)
    assert "secret" not in with_files


@pytest.mark.parametrize("version", ["v0", "../coder/v1", "", "v1/../v1"])
def test_an_unknown_version_is_named_with_those_there_are(version: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        render("fixer", version, "system")
    assert str(caught.value) == f"the fixer has no prompt version {version!r}; it has v1"


def test_a_line_up_is_checked_before_its_first_step() -> None:
    """A wrong version of the fixer's prompt must not show after an hour of coding."""
    roles: dict[Role, RoleConfig] = {role: RoleConfig(model="scripted:tally") for role in ROLES}
    check_prompts(Lineup(name="t", roles=roles))
    roles["fixer"] = RoleConfig(model="scripted:tally", prompt="v9")
    with pytest.raises(ConfigurationError, match="the fixer has no prompt version 'v9'"):
        check_prompts(Lineup(name="t", roles=roles))


def test_a_prompt_version_is_known_by_the_text_of_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`v1` whose text changed is another prompt, and a line-up that sends it another line-up."""
    roles: dict[Role, RoleConfig] = {role: RoleConfig(model="scripted:tally") for role in ROLES}
    lineup = Lineup(name="t", roles=roles)
    one = pinned(lineup)
    assert set(one.prompts) == set(ROLES) and pinned(one) == one and one.digest != lineup.digest
    copy = tmp_path / "prompts"
    shutil.copytree(HERE, copy)
    (copy / "fixer" / "v1" / "findings.md").write_text("Mend it.")
    monkeypatch.setattr(prompts, "HERE", copy)
    prompts.digest.cache_clear()
    try:
        other = pinned(lineup)
    finally:
        prompts.digest.cache_clear()
    assert {role for role in ROLES if other.prompts[role] != one.prompts[role]} == {"fixer"}
    assert other.digest != one.digest


def test_only_what_is_sent_is_part_of_the_identity() -> None:
    coder: dict[Role, RoleConfig] = {"coder": RoleConfig(model="scripted:tally")}
    without = Lineup(name="t", roles=coder, off=("architect", "tester", "fixer"))
    assert set(pinned(without).prompts) == {"coder"}
    alone = Lineup(name="t", roles=coder, route="solo", history="full")
    assert set(pinned(alone).prompts) == {"alone"}

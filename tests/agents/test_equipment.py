"""A line-up may give a role fewer tools; a name that is none, or a role that can write nothing, shows before a run."""

from __future__ import annotations

from typing import Any

import pytest

from slipway.agents import check_tools, tools_of
from slipway.config import ConfigurationError, Lineup, Role, parse_lineup


def lineup(**roles: Any) -> Lineup:
    return parse_lineup({"name": "x", "default": {"model": "openai:a"}, "roles": roles}, source="x.yaml")


def names(lineup: Lineup, role: Role) -> list[str]:
    return [tool.name for tool in tools_of(lineup, role)]


ALL = ["read_file", "write_file", "edit_file", "list_files", "search", "run", "run_checks", "report_problem"]


def test_a_role_has_all_of_its_tools_or_those_that_are_named() -> None:
    plain = lineup()
    assert {role: names(plain, role) for role in plain.roles} == {
        "architect": [], "coder": ALL, "tester": ALL, "fixer": [*ALL, "dispute_test"],
    }  # fmt: skip
    fewer = lineup(coder={"tools": ["run", "write_file"]})
    check_tools(fewer)
    assert names(fewer, "coder") == ["write_file", "run"] and names(fewer, "tester") == ALL


def test_nobody_disputes_a_test_where_nobody_rules() -> None:
    assert names(lineup(architect=False), "fixer") == ALL


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"coder": {"tools": ["write"]}}, f"the coder has no tool 'write'; there are {', '.join(ALL)}"),
        ({"tester": {"tools": ["dispute_test"]}}, "the tester has no tool 'dispute_test'"),
        ({"architect": {"tools": ["run"]}}, "the architect works without tools; leave `tools` out"),
        ({"coder": {"tools": []}}, "the coder can write nothing; give it one of write_file, edit_file, run"),
        ({"fixer": {"tools": ["read_file"]}}, "the fixer can write nothing"),
    ],
)
def test_tools_that_do_not_fit_are_named(roles: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_tools(lineup(**roles))
    assert str(caught.value).startswith("line-up 'x': ") and message in str(caught.value)

"""A line-up that is compared with another says what is different in it, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slipway.config import ConfigurationError, Lineup, load_lineup, parse_lineup

BASE = """
default: {model: openai:a, temperature: 0.5}
roles: {tester: {model: openai:b, max_calls: 9}, fixer: {prompt: v1}}
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def load(folder: Path, name: str) -> Lineup:
    return load_lineup(str(folder / f"{name}.yaml"))


def test_what_differs_is_said_by_role_and_key(tmp_path: Path) -> None:
    write(
        tmp_path,
        base=BASE,
        one="extends: base.yaml\nroute: crew\ndefault: {stream: true}\nroles: {tester: {max_calls: 3}}",
        two="extends: one.yaml\nroute: null\nroles: {tester: null, coder: {temperature: null, tools: [run]}}",
    )
    one, two = load(tmp_path, "one"), load(tmp_path, "two")
    tester = one.roles["tester"]
    assert (one.name, one.route) == ("one", "crew")
    assert (tester.model, tester.max_calls, tester.temperature, tester.stream) == ("openai:b", 3, 0.5, True)
    assert (two.name, two.route) == ("two", "auto")
    assert (two.roles["tester"].model, two.roles["tester"].max_calls) == ("openai:a", 30)
    assert (two.roles["coder"].temperature, two.roles["coder"].tools) == (None, ("run",))
    assert two.roles["fixer"].temperature == 0.5


def test_a_shipped_line_up_is_extended_by_its_name(tmp_path: Path) -> None:
    write(tmp_path, mine="extends: demo\nroles: {tester: off}")
    mine = load(tmp_path, "mine")
    assert (mine.name, mine.off, mine.roles) == (
        "mine",
        ("tester",),
        {role: config for role, config in load_lineup("demo").roles.items() if role != "tester"},
    )
    assert parse_lineup({"name": "x", "extends": "demo"}, source="x").digest == load_lineup("demo").digest


def test_a_role_is_switched_on_again(tmp_path: Path) -> None:
    write(
        tmp_path,
        base=BASE,
        off="extends: base.yaml\nroles: {tester: off, fixer: off}",
        on="extends: off.yaml\nroles: {tester: {model: openai:c}, fixer: on}",
    )
    on = load(tmp_path, "on")
    assert (load(tmp_path, "off").off, on.off) == (("tester", "fixer"), ())
    assert (on.roles["tester"].model, on.roles["fixer"].model) == ("openai:c", "openai:a")


def test_a_circle_is_one_error(tmp_path: Path) -> None:
    write(tmp_path, a="extends: b.yaml", b="extends: c.yaml", c="extends: b.yaml")
    with pytest.raises(ConfigurationError, match=r"a\.yaml: \S+b\.yaml -> \S+c\.yaml -> \S+b\.yaml extend each other"):
        load(tmp_path, "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: nobody", r"mine\.yaml: unknown line-up 'nobody'.*anthropic, demo, local, openai"),
        ("extends: [demo]", r"`extends` must be the name or the file of a line-up"),
        ("extends: demo\nroles: {tester: 1}", r"tester must be a mapping, such as .*, or `off`"),
        ("extends: demo\nroles: {coder: off}", r"the coder cannot be off, since nobody else writes code"),
        ("extends: demo\nhistory: full", r"so it needs `route: solo`"),
        ("extends: demo\nhistory: all", r"history: Input should be 'stage' or 'full'"),
        ("roles: {coder: {model: openai:a}}", r"gives no model to architect, tester, fixer; name one, or switch"),
    ],
)
def test_what_does_not_go_together_is_named(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, mine=text)
    with pytest.raises(ConfigurationError, match=message):
        load(tmp_path, "mine")


def parsed(**data: Any) -> Lineup:
    return parse_lineup({"name": "x", "default": {"model": "openai:a"}, **data}, source="x.yaml")


def test_one_agent_has_no_others_beside_it() -> None:
    """Models that are not asked are no difference between two line-ups."""
    alone = parsed(route="solo", history="full")
    assert (list(alone.roles), alone.off) == (["coder"], ("architect", "tester", "fixer"))
    other = parsed(route="solo", history="full", roles={"tester": {"model": "openai:b"}, "fixer": False})
    assert other.digest == alone.digest != parsed(route="solo").digest
    assert Lineup.model_validate_json(alone.model_dump_json()) == alone


def test_where_a_model_is_does_not_say_who_it_is() -> None:
    """The same line-up on a server of its own for each run is one line-up."""
    there = {"base_url": "http://127.0.0.1:1/v1", "api_key_env": "MY_KEY"}
    fallback: dict[str, Any] = {"model": "openai:b"}
    one = parsed(default={"model": "openai:a", "fallbacks": [fallback]})
    two = parsed(default={"model": "openai:a", **there, "fallbacks": [{**fallback, **there}]})
    assert one.digest == two.digest
    different: list[dict[str, Any]] = [{"tools": ["run"]}, {"max_calls": 3}, {"prompt": "v2"}, {"stream": True}]
    digests = {parsed(roles={"fixer": each}).digest for each in [{}, *different]}
    assert len({*digests, parsed(roles={"fixer": False}).digest, parsed(route="crew").digest}) == 7

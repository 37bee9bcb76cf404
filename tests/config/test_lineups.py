"""A line-up is what is compared and rolled out: it must parse whole, name every role, and be identified by content."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.config import ROLES, ConfigurationError, Lineup, RoleConfig, lineup_names, load_lineup, parse_lineup
from slipway.models.prices import cost_usd
from slipway.state import Usage


@pytest.mark.parametrize("name", lineup_names())
def test_every_shipped_lineup_parses_and_has_a_price_for_every_role(name: str) -> None:
    lineup = load_lineup(name)
    assert lineup.name == name
    assert {role: cost_usd(lineup.roles[role], Usage()) is not None for role in ROLES} == dict.fromkeys(ROLES, True)


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_the_tester_does_not_share_the_coders_model(name: str) -> None:
    lineup = load_lineup(name)
    assert lineup.roles["tester"].model != lineup.roles["coder"].model


def test_auto_follows_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert load_lineup("auto").name == "openai"
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    assert load_lineup("auto").name == "anthropic"


def test_without_a_key_the_next_step_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"none of ANTHROPIC_API_KEY, OPENAI_API_KEY is set.*slipway demo"):
        load_lineup("auto")


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown line-up 'gpt'.*anthropic, demo, local, openai"):
        load_lineup("gpt")


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("default: {model: openai:a, base_url: http://127.0.0.1:1/v1}\nroles: {tester: {model: openai:b}}\n")
    lineup = load_lineup(str(file))
    assert (lineup.name, {r: c.model for r, c in lineup.roles.items()}) == (
        "mine",
        {"architect": "openai:a", "coder": "openai:a", "tester": "openai:b", "fixer": "openai:a"},
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"roles": {"boss": {}}}, "unknown role boss; the roles are architect, coder, tester, fixer"),
        ({"roles": {"coder": {"model": "openai:a"}}}, "gives no model to architect, tester, fixer"),
        ({"default": {"model": "gpt"}}, "roles.architect.model: String should match pattern"),
        ({"default": {"model": "openai:a", "temprature": 1}}, "roles.architect.temprature: Extra inputs"),
        ({"default": {"model": "openai:a"}, "rolls": {}}, "rolls: Extra inputs"),
        ({"roles": {"coder": [1]}}, "coder must be a mapping, such as { model: provider:name }"),
        (
            {"default": {"model": "openai:a"}, "roles": {"coder": "openai:b", "tester": 1}},
            "coder, tester must be a mapping",
        ),
        ({"default": {"model": "openai:a"}, "roles": ["coder"]}, "`roles` and `default` must be mappings"),
        ({"default": "openai:a"}, "`roles` and `default` must be mappings"),
        ({"roles": {1: {}}}, "unknown role 1; the roles are"),
    ],
)
def test_a_wrong_lineup_is_named(data: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        parse_lineup({"name": "x", **data}, source="x.yaml")
    assert str(error.value).startswith("x.yaml: ") and message in str(error.value)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://user:secret@127.0.0.1/v1", "it holds a password"),
        ("https://secret@example.org", "it holds a password"),
        ("https://:@example.org", "it holds a password"),
        ("127.0.0.1:8000/v1", "give an http or https address"),
        ("localhost:8000", "give an http or https address"),
        ("/v1", "give an http or https address"),
        ("", "give an http or https address"),
        ("ftp://example.org", "give an http or https address"),
        ("file:///etc/passwd", "give an http or https address"),
        ("http://", "give an http or https address"),
        ("http:///v1", "give an http or https address"),
        ("http://[::1/v1", ""),
    ],
)
def test_an_address_that_would_not_do_or_holds_a_secret(url: str, why: str) -> None:
    """Addresses show in messages, traces and the state, so no secret may stand in one."""
    with pytest.raises(ConfigurationError) as error:
        parse_lineup({"name": "x", "default": {"model": "openai:a", "base_url": url}}, source="x.yaml")
    assert str(error.value).startswith(f"x.yaml: roles.architect.base_url: {why}")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "https://example.org", "HTTP://[::1]:80/", None])
def test_an_address_that_does(url: str | None) -> None:
    lineup = parse_lineup({"name": "x", "default": {"model": "openai:a", "base_url": url}}, source="x.yaml")
    assert lineup.roles["coder"].base_url == url


def role(**config: object) -> RoleConfig:
    return parse_lineup({"name": "x", "default": config}, source="x.yaml").roles["coder"]


CORP = {
    "model": "openai:a", "base_url": "http://corp/v1", "api_key_env": "CORP_KEY", "temperature": 0.5, "max_calls": 7,
    "max_output_tokens": 99, "request_timeout": 9, "stream": True, "prompt": "v2",
    "price": {"input": 1, "cached": 1, "output": 1},
}  # fmt: skip


@pytest.mark.parametrize(
    ("fallback", "kept", "left"),
    [
        ({"base_url": "http://spare/v1"}, {"model": "openai:a", "price": CORP["price"]}, ["api_key_env"]),
        ({"model": "openai:b"}, {"base_url": "http://corp/v1", "api_key_env": "CORP_KEY"}, ["price"]),
        ({"model": "openai:b", "base_url": None}, {}, ["base_url", "api_key_env", "price"]),
        ({"model": "openai:b", "base_url": "http://spare/v1"}, {"base_url": "http://spare/v1"},
         ["api_key_env", "price"]),
        ({"model": "anthropic:c"}, {}, ["base_url", "api_key_env", "price"]),
        ({"model": "anthropic:c", "api_key_env": "MY_KEY"}, {"api_key_env": "MY_KEY"}, ["base_url", "price"]),
    ],
)  # fmt: skip
def test_what_a_fallback_has_from_its_role(
    fallback: dict[str, object], kept: dict[str, object], left: list[str]
) -> None:
    """A key is never sent to an address that it is not of, and a price is only that of its model."""
    [found] = role(**CORP, fallbacks=[fallback]).fallbacks
    told = found.model_dump()
    always = ("temperature", "max_calls", "max_output_tokens", "request_timeout", "stream", "prompt")
    assert {name: told[name] for name in always} == {name: CORP[name] for name in always}
    assert {name: told[name] for name in kept} == kept
    assert {name: told[name] for name in left} == dict.fromkeys(left)


def test_fallbacks_are_part_of_a_record_and_of_the_digest() -> None:
    plain = parse_lineup({"name": "x", "default": CORP}, source="x")
    more = parse_lineup({"name": "x", "default": {**CORP, "fallbacks": [{"model": "openai:b"}]}}, source="x")
    other = parse_lineup({"name": "x", "default": {**CORP, "fallbacks": [{"model": "openai:c"}]}}, source="x")
    assert len({plain.digest, more.digest, other.digest}) == 3
    assert Lineup.model_validate_json(more.model_dump_json()) == more


@pytest.mark.parametrize(
    ("fallback", "why"),
    [
        ({"model": "openai:b", "prompt": "v3"}, "fallback 'openai:b' has prompt of its own; name these at the role"),
        ({"model": "openai:b", "max_calls": 1}, "fallback 'openai:b' has max_calls of its own"),
        ({"model": "openai:b", "fallbacks": [{"model": "openai:c"}]}, "fallback 'openai:b' has fallbacks of its own"),
        ({"model": "b"}, "String should match pattern"),
        ({"modle": "openai:b"}, "Extra inputs are not permitted"),
        ("openai:b", "Input should be a valid dictionary"),
    ],
)
def test_a_wrong_fallback_is_named(fallback: object, why: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        role(**CORP, fallbacks=[fallback])
    assert str(error.value).startswith("x.yaml: roles.architect") and why in str(error.value)


def test_the_digest_is_of_the_content_not_of_the_name() -> None:
    one = parse_lineup({"name": "a", "default": {"model": "openai:a"}}, source="a")
    two = parse_lineup({"name": "b", "default": {"model": "openai:a"}}, source="b")
    other = parse_lineup({"name": "a", "default": {"model": "openai:a", "temperature": 0}}, source="a")
    assert one.digest == two.digest != other.digest

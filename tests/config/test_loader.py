"""Settings decide where state lives and what a run may cost: a typo must be refused, never ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from slipway.config import ConfigurationError, load_settings
from slipway.models.providers import PROVIDERS


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_the_defaults_are_complete(tmp_path: Path) -> None:
    settings = load_settings()
    cap = {"max_cost_usd": None, "max_tokens": None, "max_steps": None}
    assert settings.folders.state == tmp_path / ".local/state/slipway"
    assert settings.model_dump(exclude={"folders", "sandbox"}) == {
        "redis": {"url": None},
        "lineup": "auto",
        "pack": "none",
        "checks": {"left_out": (), "advisories": None},
        "secrets": (),
        "tenant": "default",
        "limits": {
            "fix_rounds": 6, "mutants": 20, "parallel": 4, "timeout": None, "max_seconds": None, "project_mb": 1024,
            **cap,
            "call": {"max_cost_usd": None, "max_tokens": None}, "stage": cap, "project": cap, "tenant_day": cap,
        },
        "providers": {
            provider: {"requests_per_minute": None, "tokens_per_minute": None, "parallel": None}
            for provider in ("openai", "scripted", "simulated", "anthropic", "google", "ollama")
        },
        "retries": {"attempts": 4, "first_pause": 0.5, "longest_pause": 30.0, "seconds": 180.0},
        "circuit": {"failures": 5, "window": 60.0, "pause": 15.0, "longest_pause": 300.0},
        "telemetry": {"otlp_endpoint": None, "backend": None, "sample": 1.0, "slow_seconds": 600.0},
    }  # fmt: skip


def test_the_later_source_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config/slipway/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("redis: {url: redis://file}\nlimits: {parallel: 7, fix_rounds: 1}\n")
    monkeypatch.setenv("SLIPWAY_REDIS_URL", "redis://variable")
    settings = load_settings(["limits.parallel=2"])
    assert (settings.redis.url, settings.limits.parallel, settings.limits.fix_rounds) == ("redis://variable", 2, 1)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("limits.paralel=2", "unknown setting 'limits.paralel'; there are limits.fix_rounds, limits.mutants, "),
        ("limits.parallel", "'limits.parallel' sets nothing; write it as a.b=value"),
        ("limits.parallel=0", "settings: limits.parallel: Input should be greater than 0"),
        ("limits.stage.max_cost_usd=0", "settings: limits.stage.max_cost_usd: Input should be greater than 0"),
        (
            "limits.call.max_steps=2",
            "unknown setting 'limits.call.max_steps'; there are limits.call.max_cost_usd, limits.ca",
        ),
        ("tenant=", "settings: tenant: Input should be a valid string"),
        ("limits=3", "limits=3: 'limits' is a section; give a mapping"),
        ("limits.parallel=[1", "'limits.parallel=[1' cannot be read: "),
        ("limits.parallel={a: b: c}", "'limits.parallel={a: b: c}' cannot be read: "),
        ("limits.parallel=\0", "cannot be read: "),
        ("limits.parallel=2026-13-45", "'limits.parallel=2026-13-45' cannot be read: month must be in 1..12"),
        ("limits.parallel=[1]", "settings: limits.parallel: Input should be a valid integer"),
    ],
)
def test_a_wrong_override_is_named(override: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_settings([override])
    assert message in str(error.value)


def test_a_broken_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.yaml"
    monkeypatch.setenv("SLIPWAY_CONFIG", str(file))
    with pytest.raises(ConfigurationError, match="which is not a file"):
        load_settings()
    file.write_text("limits: [")
    with pytest.raises(ConfigurationError, match=r"mine\.yaml: cannot be read as YAML"):
        load_settings()
    file.write_text("limits: 2026-13-45")
    with pytest.raises(ConfigurationError, match=r"mine\.yaml: cannot be read as YAML: month must be in 1\.\.12"):
        load_settings()


def test_the_limits_of_a_provider_are_those_of_its_models() -> None:
    """Each provider of the line-ups has its place; a misspelt one is refused."""
    settings = load_settings(["providers.openai.parallel=2"])
    assert (settings.providers.of("openai:gpt-5").parallel, settings.providers.openai.limits) == (2, True)
    for provider in PROVIDERS:
        assert settings.providers.of(f"{provider}:m").limits is (provider == "openai")
    with pytest.raises(ConfigurationError, match=r"unknown setting 'providers\.opnai'; there are providers\.openai, "):
        load_settings(["providers.opnai.parallel=2"])

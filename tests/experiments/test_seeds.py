"""A seed must reach every simulated model, and nothing else of a line-up may change with it."""

from __future__ import annotations

from slipway.config import parse_lineup
from slipway.experiments.seeds import seeded


def test_only_simulated_models_are_told() -> None:
    fallback = {"model": "simulated:tier-b?acts=2"}
    roles = {
        "fixer": {"model": "simulated:tier-c?suite=mine&seed=9", "fallbacks": [fallback]},
        "tester": {"model": "openai:x"},
    }
    lineup = parse_lineup({"name": "x", "default": {"model": "simulated:tier-a"}, "roles": roles}, source="x")
    told = seeded(lineup, 3, "/suites/core one")
    assert {role: config.model for role, config in told.roles.items()} == {
        "architect": "simulated:tier-a?suite=/suites/core+one&seed=3",
        "coder": "simulated:tier-a?suite=/suites/core+one&seed=3",
        "tester": "openai:x",
        "fixer": "simulated:tier-c?suite=mine&seed=3",
    }
    assert [each.model for each in told.roles["fixer"].fallbacks] == [
        "simulated:tier-b?suite=/suites/core+one&acts=2&seed=3"
    ]
    assert seeded(told, 3, "other") == told
    assert seeded(lineup, 4, "/suites/core one") != told

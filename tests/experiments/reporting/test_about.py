"""A report goes from hand to hand: what its numbers are of stands in it."""

from __future__ import annotations

from slipway.config import parse_lineup
from slipway.experiments import Experiment, Spec
from slipway.experiments.reporting.about import about

from .making import NOW

PRICED = {"model": "simulated:tier-b", "price": {"input": 1.25, "cached": 0.125, "output": 10}}
GIVEN = {
    "crew": {"default": {"model": "anthropic:claude-haiku-5-5"}, "roles": {"tester": {"model": "openai:gpt-5"}}},
    "alone": {"default": PRICED, "route": "solo", "history": "full"},
    "no-tester": {"default": PRICED, "roles": {"tester": "off"}},
}
SPEC = Spec.model_validate(
    {"name": "roles", "suite": "core", "lineups": GIVEN, "seeds": [0, 2], "limits": {"max_cost": 1},
     "settings": {"limits.mutants": 0}}
)  # fmt: skip
LINEUPS = {label: parse_lineup({"name": label, **given}, source=label) for label, given in GIVEN.items()}
EXPERIMENT = Experiment(spec=SPEC, suite="core", lineups=LINEUPS, cells=(), created=NOW)
DESIGN = "roles: suite core, seeds 0, 2, 1 repeat, max_cost = 1.0, limits.mutants = 0; begun on 2026-01-02."


def test_the_design_and_each_line_up() -> None:
    price = "1.25 / 0.125 / 10 USD per million tokens in / cached / out"
    told = about((EXPERIMENT, LINEUPS))
    assert told[:-1] == (
        DESIGN,
        "crew: architect, coder, fixer: anthropic:claude-haiku-5-5; tester: openai:gpt-5.",
        f"alone: simulated:tier-b at {price}; without architect, tester and fixer; route solo; one conversation.",
        f"no-tester: simulated:tier-b at {price}; without tester.",
    )
    assert told[-1].startswith("Simulated models do a thing only where")


def test_only_what_is_compared() -> None:
    """And what simulated models are, only where there are some."""
    assert about((EXPERIMENT, ["crew"])) == (DESIGN, about((EXPERIMENT, LINEUPS))[1])


def test_of_two_experiments_each_is_told_whole_and_what_counts_for_both_last() -> None:
    again = EXPERIMENT.model_copy(update={"spec": SPEC.model_copy(update={"name": "again"})})
    told = about((EXPERIMENT, ["no-tester"]), (again, ["crew"]))
    whole = about((EXPERIMENT, LINEUPS))
    assert told == (DESIGN, whole[3], DESIGN.replace("roles", "again"), whole[1], whole[-1])

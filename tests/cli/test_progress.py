"""What a run may cost is said before it costs anything."""

from __future__ import annotations

import pytest

from slipway.cli.progress import PlainLines, describe_estimate
from slipway.state import Cap, Estimate, RunLimits, RunStarted, Spread

KNOWN = Estimate(
    runs=3,
    cost_usd=Spread(median=0.25, least=0.1, most=0.4),
    tokens=Spread(median=20_000, least=1000, most=60_000),
    seconds=Spread(median=95.4, least=60, most=301),
)
USUAL = "$0.2500 ($0.1000 to $0.4000), 20,000 tokens (1,000 tokens to 60,000 tokens), 95 s (60 s to 301 s)"
UNKNOWN = "estimate: unknown, as no whole run delivered to this project yet"


@pytest.mark.parametrize(
    ("estimate", "limits", "said"),
    [
        (Estimate(), RunLimits(run=Cap(cost_usd=0.01)), UNKNOWN),
        (KNOWN, RunLimits(), f"estimate, from 3 delivered runs: {USUAL}"),
        (KNOWN, RunLimits(run=Cap(cost_usd=0.25)), f"estimate, from 3 delivered runs: {USUAL}"),
        (KNOWN, RunLimits(run=Cap(cost_usd=0.2, tokens=5), seconds=60),
         f"estimate, from 3 delivered runs: {USUAL}; the limit of $0.2000 is below that; the limit of 5 tokens is "
         "below that; the limit of 60 s is below that"),
        (KNOWN.model_copy(update={"cost_usd": None, "runs": 1}), RunLimits(run=Cap(cost_usd=0.2)),
         "estimate, from 1 delivered run: unknown cost, 20,000 tokens (1,000 tokens to 60,000 tokens), 95 s (60 s to "
         "301 s)"),
    ],
)  # fmt: skip
def test_an_estimate_and_the_limits_that_are_lower(estimate: Estimate, limits: RunLimits, said: str) -> None:
    assert describe_estimate(estimate, limits) == said


def test_it_stands_under_the_head_where_a_run_starts_and_not_where_it_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    started = RunStarted(run="r", project="p", request="x", lineup="l", estimate=Estimate())
    for event in (started, started.model_copy(update={"estimate": None, "resumed": True})):
        PlainLines().show(event)
    head = "run r {}: project p, line-up l\n"
    assert capsys.readouterr().err == f"{head.format('started')}{UNKNOWN}\n{head.format('resumed')}"

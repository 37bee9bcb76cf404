"""What a run may cost is said before it costs anything."""

from __future__ import annotations

import pytest

from slipway.cli.progress import Lines, PlainLines, describe_estimate
from slipway.state import (
    Cap,
    Estimate,
    Instruction,
    ModelCalled,
    RunLimits,
    RunStarted,
    Spread,
    StageFinished,
    StageRecord,
    StageStarted,
    Steered,
    Usage,
    Waiting,
)

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


def waiting(step: str, reason: str, seconds: float | None = None, model: str = "openai:a") -> Waiting:
    return Waiting(step=step, index=0, role="coder", model=model, reason=reason, seconds=seconds)


LIMIT = "limit of 'openai': calls at the same time"
FAILED = "attempt 1 of 5: the coder's model 'openai:a' cannot be reached: refused; check the address and the network"


def test_that_calls_wait_is_said_once_and_not_for_each_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight coders at a limit are one line; that a provider does not answer is another one."""
    lines = PlainLines()
    for number in range(8):
        lines.show(StageStarted(step=f"code/{number}", stage="code", role="coder", model="openai:a"))
        lines.show(waiting(f"code/{number}", LIMIT))
    for attempt in range(1, 4):
        lines.show(waiting("code/0", FAILED.replace("attempt 1", f"attempt {attempt}"), 2.4 * attempt))
    lines.show(waiting("code/1", LIMIT, model="openai:b"))
    lines.show(waiting("unheard", LIMIT, model="openai:c"))  # of a step that began before we looked
    lines.show(StageStarted(step="code/9", stage="code"))
    lines.show(waiting("code/9", "x" * 1000, model="openai:d"))
    assert capsys.readouterr().err.splitlines() == [
        f"code/0             waits: {LIMIT}",
        f"code/0             waits 2 s: {FAILED}",
        f"code/1             waits: {LIMIT}",
        f"code/9             waits: {'x' * 159}…",
    ]


def test_a_live_line_says_for_what_its_step_waits_until_it_goes_on() -> None:
    lines = Lines()
    line = lines.take(StageStarted(step="code/a", stage="code", role="coder", model="openai:a"))
    assert line is not None
    lines.take(waiting("code/a", LIMIT))
    assert line.cells()[-1] == f"waits: {LIMIT}"
    lines.take(ModelCalled(step="code/a", index=0, role="coder", model="openai:a", usage=Usage(calls=1)))
    assert line.cells()[-1] == ""
    lines.take(waiting("code/a", FAILED, 12.0))
    assert line.cells()[-1] == f"waits 12 s: {FAILED}"
    lines.take(StageFinished(record=StageRecord(step="code/a", stage="code", note="gave up", seconds=1)))
    assert line.cells()[-1] == "gave up"


def test_an_instruction_is_shown_where_the_run_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Once, whoever is told it beside; without what could mislead a terminal."""
    lines = PlainLines()
    said = Instruction(id="1-0", text="use\n British\x1b[31m English")
    for step in ("code/a", "code/b"):
        lines.show(StageStarted(step=step, stage="code"))
        lines.show(Steered(step=step, index=1, instructions=(said,)))
    lines.show(Steered(step="code/a", index=2, instructions=(Instruction(id="2-0", text="be quick"),)))
    lines.show(StageFinished(record=StageRecord(step="code/a", stage="code", seconds=1)))
    assert capsys.readouterr().err.splitlines() == [
        "code/a             is told: use British[31m English",
        "code/a             is told: be quick",
        "code/a             1.0 s",
    ]


def test_a_live_line_says_what_its_agent_was_told_last() -> None:
    lines = Lines()
    line = lines.take(StageStarted(step="fix/1", stage="fix"))
    assert line is not None
    lines.take(Steered(step="fix/1", index=1, instructions=(Instruction(id="1-0", text="be quick"),)))
    assert line.cells()[-1] == "is told: be quick"

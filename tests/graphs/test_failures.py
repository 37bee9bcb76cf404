"""An error either parks a run, because it may pass, or ends it: parked for nothing costs patience, ended for nothing
costs the run."""

from __future__ import annotations

import asyncio

import pytest
from langgraph.errors import GraphRecursionError

from slipway.agents import AgentError
from slipway.config import ConfigurationError
from slipway.graphs.failures import EXPECTED, judge
from slipway.models import ModelError, ModelRefused, ModelUnreachable, NotRecorded
from slipway.sandboxes import SandboxGone, SandboxRefusal, SandboxUnavailable
from slipway.state import Account, CorruptState, FenceLost, OverBudget, OverQuota, StateConflict, StateUnavailable


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (AgentError("no brief"), ("failed", None, "no brief")),
        (ModelUnreachable("away"), ("paused", "model", "away; then: slipway resume r1")),
        (ModelRefused("bad key"), ("paused", "model", "bad key; then: slipway resume r1")),
        (ModelError("hm"), ("paused", "model", "hm; then: slipway resume r1")),
        (SandboxGone("killed"), ("paused", "sandbox", "killed; then: slipway resume r1")),
        (SandboxUnavailable("none"), ("paused", "sandbox", "none; then: slipway resume r1")),
        (SandboxRefusal("no_space", "full"), ("paused", "sandbox", "full; then: slipway resume r1")),
        (OverBudget(Account("r1", "p"), "code", "run", "cost_usd", used=0.5, wanted=0.6, cap=1.0),
         ("over_budget", "budget", "run 'r1' is limited to $1.0000: $0.5000 used or reserved, up to $0.6000 for the "
          "next call; raise that: slipway resume r1 --max-cost USD")),
        (OverQuota("p", 900_000, 200_000, 1_000_000),
         ("paused", "quota", "project 'p' holds 0.9 MiB, and 0.2 MiB more do not fit into the 1.0 that it may hold; "
          "raise limits.project_mb, or free what nobody needs: slipway gc; then: slipway resume r1")),
        (NotRecorded("no answer"), ("failed", None, "no answer")),
        (StateConflict(["a.py"]),
         ("conflict", None, "somebody else changed 'a.py' first; read the branch again and repeat the change")),
        (GraphRecursionError("x"), ("gave_up", None, "the run took more steps than a run may take")),
    ],
)  # fmt: skip
def test_how_an_expected_error_leaves_a_run(error: Exception, verdict: tuple[str, str | None, str]) -> None:
    assert isinstance(error, EXPECTED)
    assert judge(error, "r1") == verdict


@pytest.mark.parametrize(
    "error",
    [
        StateUnavailable("away"), FenceLost("r", 1, 2), CorruptState("run 'r'", "k", "torn"), ConfigurationError("x"),
        KeyError("bug"), TimeoutError(), asyncio.CancelledError(), KeyboardInterrupt(),
    ],
)  # fmt: skip
def test_what_is_a_bug_or_cannot_be_recorded_is_raised(error: BaseException) -> None:
    assert not isinstance(error, EXPECTED)

"""Names that are ours, and those of OpenTelemetry's GenAI conventions that its library has no call for."""

from __future__ import annotations

from typing import Final

CONVERSATION: Final = "gen_ai.conversation.id"
"""Holds the run id on every span of a run, so that the passages of a resumed run are found together."""

CONTINUES: Final = "slipway.continues"
"""On the root of a resumed run, the trace id of the passage before: a backend may drop links."""
RUN_STATUS: Final = "slipway.run.status"
PROJECT: Final = "slipway.project"
LINEUP: Final = "slipway.lineup"
LINEUP_DIGEST: Final = "slipway.lineup.digest"
STEP: Final = "slipway.step"
COST: Final = "slipway.cost_usd"
VERSION: Final = "slipway.version"
REVISION: Final = "slipway.revision"
CHECK_STATUS: Final = "slipway.check.status"
CHECK_FINDINGS: Final = "slipway.check.findings"
CHECK_CACHED: Final = "slipway.check.cached"
PROBLEM_KIND: Final = "slipway.problem.kind"

SPAN_STAGE: Final = "stage"
SPAN_JOURNAL_HIT: Final = "journal.hit"
SPAN_SANDBOX_EXEC: Final = "sandbox.exec"
SPAN_CHECK: Final = "check"
SPAN_PUBLISH: Final = "publish"
SPAN_RETRY_WAIT: Final = "model.retry.wait"
SPAN_RATE_WAIT: Final = "model.rate.wait"
SPAN_FALLBACK: Final = "model.fallback"

EVENT_EVALUATION: Final = "gen_ai.evaluation.result"
EVALUATION_NAME: Final = "gen_ai.evaluation.name"
EVALUATION_LABEL: Final = "gen_ai.evaluation.score.label"
EVALUATION_SCORE: Final = "gen_ai.evaluation.score.value"
EVALUATION_EXPLANATION: Final = "gen_ai.evaluation.explanation"
EVENT_PROBLEM: Final = "slipway.problem"
"""An agent reported what hindered it."""


def label(name: str) -> str:
    """The attribute of a run's label `name`."""
    return f"slipway.label.{name}"

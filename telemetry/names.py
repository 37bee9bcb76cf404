"""Span and attribute names that are ours; all others are OpenTelemetry's GenAI conventions."""

from __future__ import annotations

from typing import Final

CONVERSATION: Final = "gen_ai.conversation.id"
"""Holds the run id on every span of a run, so that the passages of a resumed run are found together."""

RUN_STATUS: Final = "slipway.run.status"
PROJECT: Final = "slipway.project"
STEP: Final = "slipway.step"
COST: Final = "slipway.cost_usd"
VERSION: Final = "slipway.version"
REVISION: Final = "slipway.revision"

SPAN_STAGE: Final = "stage"
SPAN_JOURNAL_HIT: Final = "journal.hit"
SPAN_SANDBOX_EXEC: Final = "sandbox.exec"
SPAN_CHECK: Final = "check"
SPAN_PUBLISH: Final = "publish"
SPAN_RETRY_WAIT: Final = "model.retry.wait"
SPAN_RATE_WAIT: Final = "model.rate.wait"
SPAN_FALLBACK: Final = "model.fallback"

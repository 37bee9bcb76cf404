"""The shared state of runs and projects, on plain Redis.

The LangGraph saver is in `slipway.state.checkpoints.saver`: importing it takes LangGraph, which the rest does without.
"""

from __future__ import annotations

from .base import (
    Change,
    CorruptState,
    Fence,
    FenceLost,
    HeadMove,
    LeaseHeld,
    OverBudget,
    OverQuota,
    Revision,
    RunExists,
    StateConflict,
    StateError,
    StateLost,
    StateUnavailable,
    Swept,
    UnknownCheckpoint,
    UnknownProject,
    UnknownRun,
    UnknownType,
    UnknownVersion,
)
from .budget import Budget
from .connections import open_redis
from .events import EventStream
from .journal import Journal
from .leases import hold, is_held
from .opening import open_state
from .projects import EMPTY_VERSION, ProjectStore
from .records import (
    ENDED,
    PARKED,
    Brief,
    CheckReport,
    CheckResult,
    ChecksFinished,
    Commands,
    Component,
    Criterion,
    Event,
    Evidence,
    FileRef,
    Finding,
    JournalEntry,
    Manifest,
    ModelCalled,
    Outcome,
    Plan,
    Published,
    Requirement,
    RunEnded,
    RunRecord,
    RunStarted,
    Stage,
    StageFinished,
    StageRecord,
    StageStarted,
    Status,
    TestResult,
    ToolCalled,
    Usage,
    project_path,
)
from .runs import RunStore

__all__ = [
    "EMPTY_VERSION", "ENDED", "PARKED", "Brief", "Budget", "Change", "CheckReport", "CheckResult", "ChecksFinished",
    "Commands", "Component", "CorruptState", "Criterion", "Event", "EventStream", "Evidence", "Fence", "FenceLost",
    "FileRef", "Finding", "HeadMove", "Journal", "JournalEntry", "LeaseHeld", "Manifest", "ModelCalled", "Outcome",
    "OverBudget", "OverQuota", "Plan", "ProjectStore", "Published", "Requirement", "Revision", "RunEnded",
    "RunExists", "RunRecord", "RunStarted", "RunStore", "Stage", "StageFinished", "StageRecord", "StageStarted",
    "StateConflict", "StateError", "StateLost", "StateUnavailable", "Status", "Swept", "TestResult", "ToolCalled",
    "UnknownCheckpoint", "UnknownProject", "UnknownRun", "UnknownType", "UnknownVersion", "Usage", "hold", "is_held",
    "open_redis", "open_state", "project_path",
]  # fmt: skip

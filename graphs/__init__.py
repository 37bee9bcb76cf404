"""The state machine, and the doors to it."""

from .records import UsageError
from .run import Passage, resume, resume_sync, resuming, run, run_sync, start, stream

__all__ = ["Passage", "UsageError", "resume", "resume_sync", "resuming", "run", "run_sync", "start", "stream"]

"""The state machine, and the doors to it."""

from .run import Passage, resume, resume_sync, resuming, run, run_sync, start, stream

__all__ = ["Passage", "resume", "resume_sync", "resuming", "run", "run_sync", "start", "stream"]

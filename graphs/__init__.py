"""The state machine, and the doors to it."""

from .forks import fork, forking, replay, replaying
from .passage import Passage
from .run import resume, resume_sync, resuming, run, run_sync, start, stream

__all__ = [
    "Passage", "fork", "forking", "replay", "replaying", "resume", "resume_sync", "resuming", "run", "run_sync",
    "start", "stream",
]  # fmt: skip

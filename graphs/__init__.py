"""The state machine, and the doors to it."""

from .forks import fork, forking, replay, replaying
from .passage import Passage
from .run import resume, resume_sync, resuming, run, run_sync, start, stream
from .steering import cancel, pause, steer

__all__ = [
    "Passage", "cancel", "fork", "forking", "pause", "replay", "replaying", "resume", "resume_sync", "resuming", "run",
    "run_sync", "start", "steer", "stream",
]  # fmt: skip

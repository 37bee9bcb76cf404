"""The state machine, and the doors to it."""

from .checking import Checked, check
from .forks import fork, forking, replay, replaying
from .passage import Passage
from .run import resume, resume_sync, resuming, run, run_sync, start, stream
from .steering import cancel, pause, steer

__all__ = [
    "Checked", "Passage", "cancel", "check", "fork", "forking", "pause", "replay", "replaying", "resume",
    "resume_sync", "resuming", "run", "run_sync", "start", "steer", "stream",
]  # fmt: skip

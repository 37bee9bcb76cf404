"""Runs of pytest inside a sandbox, each in a process of its own."""

from .base import CollectError, Executed, Phase, Ran, Session
from .running import SessionsLost, forked, run_sessions

__all__ = ["CollectError", "Executed", "Phase", "Ran", "Session", "SessionsLost", "forked", "run_sessions"]

from __future__ import annotations

from redis.asyncio import Redis

from ..state import ExperimentStore
from .base import Experiment, Result, Work

Store = ExperimentStore[Experiment, Work, Result]


def store(redis: Redis) -> Store:
    """What there is of experiments."""
    return ExperimentStore(redis, Experiment, Work, Result)


def holder_name(experiment: str) -> str:
    """Under which name an experiment is held by the process that runs it."""
    return f"experiment-{experiment}"

"""The LangGraph saver on plain Redis. Importing it takes LangGraph, which the rest of the state does without."""

from .saver import FENCE_KEY, RedisSaver, open_saver

__all__ = ["FENCE_KEY", "RedisSaver", "open_saver"]

"""Faults that are put into the code, to see whether the tests notice."""

from .running import mutate

__all__ = ["mutate"]

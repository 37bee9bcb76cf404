"""The project store: contents by digest, immutable versions, a branch for each run, and what sweeps them."""

from .imports import Import, Imports
from .store import EMPTY_VERSION, ProjectStore

__all__ = ["EMPTY_VERSION", "Import", "Imports", "ProjectStore"]

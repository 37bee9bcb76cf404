"""What a project's code says of itself: a ranked map, the graph of its imports, and its guidance for agents.

Everything here is a pure function of the files' bytes, reads hostile ones in bounded work, and never runs them.
"""

from .excerpts import excerpt
from .guidance import Guidance, guidance
from .imports import ImportGraph, is_test, modules_under_test
from .map import code_map

__all__ = ["Guidance", "ImportGraph", "code_map", "excerpt", "guidance", "is_test", "modules_under_test"]

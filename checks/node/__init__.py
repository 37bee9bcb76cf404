"""Checks of JavaScript and TypeScript."""

from .build import Build
from .lint import Eslint
from .syntax import JsSyntax
from .tests import NodeTests, is_node_test_file
from .types import TypeScript

__all__ = ["Build", "Eslint", "JsSyntax", "NodeTests", "TypeScript", "is_node_test_file"]

"""What is read of one source file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Definition:
    """A name that a file gives to others: a class, a function, a method, a variable of the module, a type."""

    name: str
    line: int
    """From 1."""
    signature: str
    """How it begins, on one line, without its body."""
    within: tuple[str, ...] = ()
    """The classes that it is in, outermost first."""


@dataclass(frozen=True)
class ImportOf:
    """An import as it is written."""

    module: str
    """`a.b` in Python, empty in `from . import x`; in JavaScript what stands between the quotes."""
    names: tuple[str, ...] = ()
    """What is taken out of it: names that may be modules themselves."""
    level: int = 0
    """The dots before a relative import of Python."""


@dataclass(frozen=True)
class Tags:
    """The definitions of a file, how often it says which identifier elsewhere, and what it imports."""

    definitions: tuple[Definition, ...] = ()
    references: Mapping[str, int] = field(default_factory=dict[str, int])
    imports: tuple[ImportOf, ...] = ()

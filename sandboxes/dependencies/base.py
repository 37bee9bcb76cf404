"""The packages that a project depends on: judged on the host, installed in a sandbox, kept as read-only layers.

    requirements -> gate (who is this?) -> resolve in a sandbox -> gate again (every version) -> install with hashes
      -> copied out, frozen, shared by all sandboxes that ask for the same

Nothing of a package runs on the way: wheels only, no install scripts. What a package does once it is imported is the
business of the sandbox that imports it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..base import Sandbox, SandboxRefusal

Ecosystem = Literal["python", "node"]
OpenSandbox = Callable[[], Awaitable[Sandbox]]
"""Gives a fresh sandbox, without toolchain and layers."""


class DependenciesRefused(SandboxRefusal):
    """What was asked for is not let in, or does not fit together; one clear sentence for each reason."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("dependencies_refused", "\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Dependencies:
    """What a project asks for, in the words of its ecosystems; "" where it asks for nothing."""

    python: str = ""
    """Requirements, one a line, as in `requirements.txt`; with a hash for each it is a lock and installed as one."""
    package_json: str = ""
    package_lock: str = ""
    """`package-lock.json` of npm 7 or later; "" with a `package_json`: one is made."""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.python.strip() or self.package_json.strip())


@dataclass(frozen=True)
class Package:
    """One that was installed."""

    name: str
    version: str


@dataclass(frozen=True)
class Layer:
    """Installed packages as a folder of the host, which nobody changes any more."""

    ecosystem: Ecosystem
    digest: str
    """Of the lock, the interpreter and the platform: the same digest, the same layer."""
    folder: Path
    """For `python` a place for PYTHONPATH, with programs in `bin`; for `node` a `node_modules`."""
    packages: tuple[Package, ...]
    lock: str
    """What to ask for to get exactly this again: requirements with hashes, or a `package-lock.json`."""
    files: int
    size: int
    """Bytes of its files."""

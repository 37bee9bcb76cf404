"""What a version has to go through, by the conventions that it follows: the one place where checks are put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from ..config import ConfigurationError
from ..config.pack import Pack
from ..sandboxes import Sandbox, SandboxUnavailable
from .base import Check
from .browser import Browser, Keep, nowhere
from .conventions import Conventions
from .coverage import Coverage
from .entry import EntryPoints
from .imports import Imports
from .lint import Lint
from .node import Build, Eslint, JsSyntax, NodeTests, TypeScript
from .placeholders import Placeholders
from .running import App, Builds, Starts
from .security import Bandit, DependencyAudit, Secrets, Semgrep
from .syntax import Syntax
from .tests import Tests
from .types import Types

_SECURITY: tuple[Check, ...] = (Bandit(), Semgrep(), Secrets(), DependencyAudit())
CHECKS: tuple[Check, ...] = (
    Syntax(), Lint(), Placeholders(), Types(), Imports(), Tests(), Coverage(), EntryPoints(), *_SECURITY,
)  # fmt: skip
"""What everything goes through, whatever it is."""
SECURITY = tuple(check.name for check in _SECURITY)
"""Those that look for what is dangerous rather than for what does not work."""
_NODE: tuple[Check, ...] = (JsSyntax(), Eslint(), TypeScript(), NodeTests(), Build())
NAMES = (*(check.name for check in (*CHECKS, *_NODE)), "conventions", "starts", "browser")
"""Every check, by name."""


async def _no_browser() -> Sandbox:
    raise SandboxUnavailable("nobody said where a browser is")


@dataclass(frozen=True)
class Means:
    """What some checks need besides the sandbox that they run in."""

    browser: Callable[[], Awaitable[Sandbox]] = _no_browser
    """Opens an empty sandbox with a browser."""
    keep: Keep = nowhere
    """Keeps the pictures that it takes."""
    advisories: Path | None = None
    """What is known of packages' vulnerabilities."""


def gate(pack: Pack | None = None, means: Means | None = None, *, left_out: Collection[str] = ()) -> tuple[Check, ...]:
    """The checks of a project that follows `pack`, None: of one that follows none, but those that are `left_out`.

    ConfigurationError where there is no check of a name that is left out.
    """
    for name in left_out:
        if name not in NAMES:
            raise ConfigurationError(f"checks.left_out: there is no check {name!r}; the checks are {', '.join(NAMES)}")
    means = means or Means()
    audit = DependencyAudit(means.advisories)
    checks = (*(audit if check.name == audit.name else check for check in CHECKS), *_of(pack, means))
    return tuple(check for check in checks if check.name not in left_out)


def _of(pack: Pack | None, means: Means) -> tuple[Check, ...]:
    if pack is None:
        return ()
    node = _NODE if {"javascript", "typescript", "tsx"} & set(pack.languages) else ()
    return (Conventions(pack), *node, *_served(pack, means))


def _served(pack: Pack, means: Means) -> tuple[Check, ...]:
    if not (pack.service or pack.pages):
        return ()
    start = pack.commands.start if pack.service else None
    app = App(start, pack.commands.build or None, pack.pages or ".")
    builds = Builds()
    return (Starts(app, builds=builds), Browser(means.browser, app, means.keep, builds=builds))

from __future__ import annotations

from dataclasses import dataclass

from ...state.records import Manifest


@dataclass(frozen=True)
class App:
    """How the built software is brought to answer HTTP."""

    start: str | None = None
    """The shell command that starts it, at the project's root; None: a static site."""
    build: str | None = None
    """The shell command that has to run before."""
    folder: str = "."
    """Of a static site: where its `index.html` is once it was built."""
    port: int = 8000
    """What it is told in `PORT`; any other that it listens on does, too."""
    seconds: float = 60.0
    """How long it may take until it answers."""


def startable(app: App, manifest: Manifest) -> bool:
    """Whether there is anything to start: a command, a build, or a first page."""
    first = "index.html" if app.folder == "." else f"{app.folder}/index.html"
    return bool(manifest) and bool(app.start or app.build or first in manifest)

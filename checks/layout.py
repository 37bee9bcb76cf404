from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..config.pack import Layout, Place
from ..sandboxes.patterns import Pattern, alternatives
from ..state.records import Finding
from .findings import finding


def layout_findings(check: str, layout: Layout, paths: Sequence[str]) -> Iterator[Finding]:
    """Where files are missing, or are what the layout does not have, each with the reason for it or what to do.

    SandboxRefusal where a glob of the layout is no pattern.
    """
    for place in layout.required:
        if not any(_matching(place, paths)):
            message = f"no file matches {place.path!r}, which the layout needs: {place.reason}"
            yield finding(check, message, rule="layout-missing", file=place.path, hint="add it")
    if not layout.allowed:
        return
    known = {path for place in (*layout.required, *layout.allowed) for path in _matching(place, paths)}
    places = "\n".join(f"{place.path}: {place.reason}" for place in (*layout.required, *layout.allowed))
    for path in paths:
        if path not in known:
            message = f"{path} is in no place that the layout has"
            to_do = f"move it to one of these, or do without it:\n{places}"
            yield finding(check, message, rule="layout-not-allowed", file=path, hint=to_do)


def _matching(place: Place, paths: Iterable[str]) -> Iterator[str]:
    patterns = [Pattern(text) for text in alternatives(place.path)]
    return (path for path in paths if any(pattern.matches(path) for pattern in patterns))

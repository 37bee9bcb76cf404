from __future__ import annotations

import posixpath

from .base import SandboxRefusal

PATH_LIMIT = 1000
"""Characters in a path."""


def inside(path: str) -> str:
    """`path` normalised, relative to the workspace, "" for the workspace itself; SandboxRefusal where it leads out."""
    if not path or len(path) > PATH_LIMIT or not passable(path):
        raise SandboxRefusal("bad_request", f"{path[:80]!r} is not a path; give one relative to the workspace")
    if path.startswith("/"):
        raise SandboxRefusal("outside_workspace", f"{path!r} is absolute; give a path relative to the workspace")
    plain = posixpath.normpath(path)
    if plain == ".." or plain.startswith("../"):
        raise SandboxRefusal("outside_workspace", f"{path!r} leads out of the workspace; give a path inside it")
    return "" if plain == "." else plain


def passable(text: str) -> bool:
    """Whether the kernel takes `text` as a name or an argument: valid Unicode without a NUL."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)

from __future__ import annotations

import re

from pathspec import GitIgnoreSpec

_WILDCARDS = 4
_LINE = 1000


class Rules:
    """The ignore rules that hold in a folder: of its own `.gitignore` and of those above it (see gitignore(5))."""

    def __init__(self, layers: tuple[tuple[str, GitIgnoreSpec], ...] = ()) -> None:
        self._layers = layers

    def within(self, folder: str, text: bytes) -> Rules:
        """These and those that `text` adds for `folder`, which is empty or ends with a slash.

        A line with more wildcards than anybody needs is skipped: matching it could take for ever.
        """
        lines = [line for line in text.decode("utf-8", "replace").splitlines() if _is_cheap(line)]
        return Rules((*self._layers, (folder, GitIgnoreSpec.from_lines(lines))))

    def exclude(self, path: str, *, is_folder: bool) -> bool:
        """Whether `path`, in a folder that is not excluded itself, is: the last rule that matches it decides."""
        for folder, spec in reversed(self._layers):
            name = path[len(folder) :]
            found = spec.check_file(f"{name}/" if is_folder else name)
            if found.include is not None:
                return bool(found.include)
        return False


def _is_cheap(line: str) -> bool:
    return len(line) <= _LINE and len(re.findall(r"\*+", line)) <= _WILDCARDS

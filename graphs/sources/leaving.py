"""What is left out of an import by its name: what other programs keep for themselves, installed, or made."""

from __future__ import annotations

from collections.abc import Collection

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", "_darcs", "CVS", ".jj"})
_INSTALLED = frozenset({"node_modules", "bower_components", ".venv", "venv", "site-packages", "Pods", ".bundle"})
_CACHES = frozenset({
    "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", ".eggs", ".cache",
    ".import_linter_cache", ".parcel-cache", ".turbo", ".next", ".nuxt", ".svelte-kit", ".gradle", ".terraform",
    ".ipynb_checkpoints", ".nyc_output", ".yarn", ".pnpm-store", ".serverless", ".dart_tool",
})  # fmt: skip
_OUTPUT = frozenset({"dist", "build", "target", "out", "coverage", "htmlcov", "vendor"})
"""Also the names of source folders in some projects: where git tracks something in them, they are that."""
_MARKS = {"pyvenv.cfg": "installed dependencies", "CACHEDIR.TAG": "a cache", ".git": "a repository of its own"}
_FILE_SUFFIXES = (".pyc", ".pyo", ".class", ".o", ".obj", ".swp", ".egg")
_FILES = frozenset({".DS_Store", "Thumbs.db", ".coverage", "desktop.ini"})


def folder_left_out(name: str, inside: Collection[str], *, tracked: bool) -> str | None:
    """Why the folder `name`, which has the entries `inside`, is left out; None where it is not.

    `tracked`: version control keeps something that is in it.
    """
    if name in _VERSION_CONTROL:
        return "version control"
    for mark, what in _MARKS.items():
        if mark in inside:
            return what
    if name in _INSTALLED:
        return "installed dependencies"
    if name in _CACHES or name.endswith(".egg-info"):
        return "a cache"
    return "build output" if name in _OUTPUT and not tracked else None


def file_left_out(name: str) -> str | None:
    """Why the file `name` is left out; None where it is not."""
    return "build output" if name in _FILES or name.endswith(_FILE_SUFFIXES) else None

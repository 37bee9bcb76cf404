"""Files that are run by the tools that people open folders with, although nobody asked for the software to be run.

What Slipway writes to a person's machine was made by a model. Whoever builds, tests or starts it decides to run it, and
gets what its `Makefile`, `package.json`, `conftest.py`, `.npmrc` or `.pre-commit-config.yaml` say. Whoever only goes to
the folder, or opens it in an editor, has not decided that. So the list holds what shells, git, editors and coding
agents act upon by themselves, or after a question that is clicked away; not what waits for a command of the project's
own tools. An editor that is told to trust the folder runs more than a list can hold: a `build.rs`, for example.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

_FOLDERS = {
    ".git": "git runs the programs that its settings name",
    ".mise": "the shell's mise hook acts on it when the folder is entered",
    ".vscode": "the editor takes tasks and programs from it when the folder is opened",
    ".vs": "the editor takes tasks and programs from it when the folder is opened",
    ".idea": "the editor takes tasks and programs from it when the folder is opened",
    ".zed": "the editor takes tasks and programs from it when the folder is opened",
    ".devcontainer": "the editor runs its `initializeCommand` on the host",
    ".cursor": "the coding agent starts the servers and hooks that it names",
    ".claude": "the coding agent starts the servers and hooks that it names",
    ".gemini": "the coding agent starts the servers and hooks that it names",
    ".codex": "the coding agent starts the servers and hooks that it names",
}
_FILES = {
    ".git": "git goes to the repository that it names, and runs the programs of that one's settings",
    ".envrc": "the shell's direnv hook acts on it when the folder is entered",
    "mise.toml": "the shell's mise hook acts on it when the folder is entered",
    ".mise.toml": "the shell's mise hook acts on it when the folder is entered",
    ".devcontainer.json": "the editor runs its `initializeCommand` on the host",
    ".mcp.json": "the coding agent starts the servers that it names",
}
_SUFFIXES = {".code-workspace": "the editor takes tasks and programs from it when it is opened"}
_BARE = "its folder looks like a git repository, and git runs the programs that the settings of one name"


def hazards(paths: Collection[str], wanted: Iterable[str] = ()) -> Mapping[str, str]:
    """Which of `paths`, relative ones of one project, would run something by themselves on the host, each with why.

    Those that `wanted` names, by their path or by a folder that they are in, are not told. Case does not count: on some
    systems it makes no difference.
    """
    asked = [name.strip("/") for name in wanted]
    bare = _bare_repositories(paths)
    found = {path: why for path in sorted(paths) if (why := _why(path, bare))}
    return {path: why for path, why in found.items() if not any(f"{path}/".startswith(f"{name}/") for name in asked)}


def _why(path: str, bare: Collection[str]) -> str | None:
    *folders, name = path.casefold().split("/")
    for folder in folders:
        if folder in _FOLDERS:
            return _FOLDERS[folder]
    for suffix, why in _SUFFIXES.items():
        if name.endswith(suffix):
            return why
    return _BARE if path in bare else _FILES.get(name)


def _bare_repositories(paths: Collection[str]) -> set[str]:
    """The files named HEAD that stand beside `objects` and `refs`: without it, git sees no repository there."""
    folders = {folder for path in paths for folder in _folders(path.casefold())}
    heads = [(path, path.casefold().rpartition("/")) for path in paths]
    return {
        path
        for path, (place, slash, name) in heads
        if name == "head" and {f"{place}{slash}objects", f"{place}{slash}refs"} <= folders
    }


def _folders(path: str) -> Iterable[str]:
    return (path[:at] for at, character in enumerate(path) if character == "/")

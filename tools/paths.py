from __future__ import annotations

from ..state.records import project_path
from .base import ToolRefusal, Workbench

_WORKSPACE = "/workspace"


def file_path(path: str) -> str:
    """The project's file that a model means by `path`. ToolRefusal where it is outside the project."""
    try:
        return project_path(_relative(path))
    except ValueError as error:
        raise ToolRefusal(str(error)) from error


def folder_prefix(path: str) -> str:
    """What the paths in the folder `path` begin with: empty for the root. ToolRefusal as for `file_path`."""
    relative = _relative(path).rstrip("/")
    return "" if relative in ("", ".") else file_path(relative) + "/"


def writable(bench: Workbench, path: str) -> str:
    """`file_path`, if it may be written. ToolRefusal tells why not."""
    path = file_path(path)
    if reason := bench.may_write(path):
        raise ToolRefusal(reason)
    return path


def _relative(path: str) -> str:
    if path == _WORKSPACE or path.startswith(_WORKSPACE + "/"):
        path = path[len(_WORKSPACE) + 1 :]
    return path.removeprefix("./")

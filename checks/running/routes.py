"""What an app says that it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

_PARAMETER = re.compile(r"\{[^{}]*\}|<[^<>]*>|(?<=/):[A-Za-z_]\w*")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""In the order in which they are asked: what takes something away comes last."""
_PATH = re.compile(r"/[!-~]*")
_DOCUMENT = TypeAdapter(dict[str, object])


@dataclass(frozen=True)
class Route:
    """A method and a path, whose parameters are written `{name}`, `<name>` or `:name`."""

    method: str
    path: str

    @property
    def whole(self) -> bool:
        """Whether it has no parameters, so that it must be there as it stands."""
        return not _PARAMETER.search(self.path)

    @property
    def example(self) -> str:
        """The path with something for each parameter."""
        return _PARAMETER.sub("1", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(pairs: Sequence[tuple[str, str]]) -> list[Route]:
    """`pairs` of method and path that can be asked, each once, in the order in which to ask them."""
    known = {Route(method.upper(), path) for method, path in pairs if _PATH.fullmatch(path)}
    return sorted((r for r in known if r.method in _METHODS), key=lambda r: (_METHODS.index(r.method), r.path))


def documented(document: bytes) -> list[tuple[str, str]]:
    """The operations of an OpenAPI document (3.x, "Paths Object"); none where it is not one."""
    try:
        paths = _DOCUMENT.validate_python(_DOCUMENT.validate_json(document).get("paths"))
        return [(method, path) for path, item in paths.items() for method in _DOCUMENT.validate_python(item)]
    except ValidationError:
        return []

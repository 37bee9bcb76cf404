"""Lines of a log in the common format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_LINE = re.compile(r'^(?P<host>\S+) \S+ \S+ \[[^\]]+\] "(?P<method>[A-Z]+) (?P<path>\S+)[^"]*" (?P<status>\d{3}) (?P<size>\d+|-)')


class Request(NamedTuple):
    """One request."""

    host: str
    method: str
    path: str
    status: int
    size: int


def parse(line: str) -> Request | None:
    """The request of a line; None where it is none."""
    match = _LINE.match(line)
    if match is None:
        return None
    size = 0 if match["size"] == "-" else int(match["size"])
    return Request(match["host"], match["method"], match["path"].partition("?")[0], int(match["status"]), size)


def requests(lines: Iterable[str]) -> Iterator[Request]:
    """All requests of a log; lines that are none are left out."""
    for line in lines:
        if (request := parse(line)) is not None:
            yield request

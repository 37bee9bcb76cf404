"""What a log says in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from logstat.parsing import Request


@dataclass
class Summary:
    """The numbers of a log."""

    total: int = 0
    bytes: int = 0
    failed: int = 0
    paths: Counter[str] = field(default_factory=Counter)

    @property
    def failure_rate(self) -> float:
        """Failed requests among all, from 0 to 1."""
        return self.failed / self.total if self.total else 0.0


def summarize(requests: Iterable[Request]) -> Summary:
    """Count `requests`; those with a status from 500 on have failed."""
    summary = Summary()
    for request in requests:
        summary.total += 1
        summary.bytes += request.size
        summary.failed += request.status >= 500
        summary.paths[request.path] += 1
    return summary

from __future__ import annotations

from collections.abc import Sequence

from ..state.records import Finding, Severity
from ..state.text import visible
from .signatures import signature

_MOST = 200
"""Findings of one check: a report that nobody reads to its end is no help."""


def worst(findings: Sequence[Finding]) -> list[Finding]:
    """As many of `findings` as anybody reads, the errors first."""
    return sorted(findings, key=lambda each: each.severity != "error")[:_MOST]


def finding(
    check: str, message: str, *, rule: str | None = None, file: str | None = None, line: int | None = None,
    detail: str = "", severity: Severity = "error", hint: str = "",
) -> Finding:  # fmt: skip
    """A finding with its signature. What it quotes of the project is made safe to show."""
    message = visible(message)
    return Finding(
        check=check,
        message=message,
        rule=visible(rule) if rule else None,
        file=visible(file) if file else None,
        line=line,
        detail=visible(detail),
        signature=signature(check, rule, file, message),
        severity=severity,
        hint=visible(hint),
    )

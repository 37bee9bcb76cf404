from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ...state.records import CheckReport, CheckResult, Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
"""What paths are relative to, by the name that readers of SARIF know."""


def sarif(report: CheckReport, *, version: str) -> dict[str, Any]:
    """`report` as a log of SARIF 2.1.0, for `json.dumps`: one run a check, in their order.

    `version` is that of Slipway. A check that did not run is a failed invocation, and a result of its own for readers
    that look at results alone.
    """
    runs = [_run(result, report.version, version) for result in report.results]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}


def _run(result: CheckResult, checked: str, version: str) -> dict[str, Any]:
    rules = list(dict.fromkeys(_rule(finding) for finding in result.findings))
    driver = {"name": f"Slipway {result.check}", "version": version, "rules": [{"id": rule} for rule in rules]}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"slipway/{result.check}/{checked}"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the project."}}},
        "invocations": [_invocation(result)],
        "results": [_result(finding, rules) for finding in result.findings],
        "properties": {"status": result.status, "blocking": result.blocking, "seconds": result.seconds},
    }


def _invocation(result: CheckResult) -> dict[str, Any]:
    if result.status != "not_run":
        return {"executionSuccessful": True}
    level = "error" if result.blocking else "warning"
    said = {"level": level, "message": {"text": f"did not run: {result.reason or 'no reason was given'}"}}
    return {"executionSuccessful": False, "toolExecutionNotifications": [said]}


def _result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    rule = _rule(finding)
    made: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": finding.severity,
        "message": {"text": finding.message},
        "partialFingerprints": {"slipwaySignature/v1": finding.signature},
    }
    if finding.file:
        made["locations"] = [{"physicalLocation": _place(finding.file, finding.line)}]
    if more := {name: text for name, text in (("detail", finding.detail), ("hint", finding.hint)) if text}:
        made["properties"] = more
    return made


def _rule(finding: Finding) -> str:
    return finding.rule or finding.check


def _place(file: str, line: int | None) -> dict[str, Any]:
    # What is no path of the project, such as a module of the standard library, is not relative to its root.
    uri = quote(file, errors="replace")
    absolute = file.startswith("/")
    artifact = {"uri": f"file://{uri}"} if absolute else {"uri": uri, "uriBaseId": _ROOT}
    region = {"region": {"startLine": line}} if line and line > 0 else {}
    return {"artifactLocation": artifact, **region}

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple
from xml.etree import ElementTree

from ...state.records import CheckReport, CheckResult, Finding, TestResult

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even escaped (section 2.2)."""


class _Case(NamedTuple):
    place: str
    """Where it belongs, as a dotted name."""
    name: str
    outcome: Literal["passed", "failure", "error", "skipped"] = "passed"
    message: str = ""
    kind: str = ""
    """Of a failure or an error."""
    text: str = ""
    seconds: float = 0.0
    file: str | None = None
    line: int | None = None


def junit(report: CheckReport) -> str:
    """`report` as JUnit's XML, for readers of test results: one suite a check, in their order.

    A test is a case, and so is each finding that is not the failure of a test. What a check found without failing is
    written into a passed case. A check without any is one case; one that did not run is an error, or is skipped where
    it blocks nothing.
    """
    suites = [(result, list(_cases(result))) for result in report.results]
    root = ElementTree.Element("testsuites", {"name": "slipway", **_counts([c for _, cases in suites for c in cases])})
    for result, cases in suites:
        seconds = {"time": f"{result.seconds:.3f}"}
        suite = ElementTree.SubElement(root, "testsuite", {"name": _clean(result.check), **_counts(cases), **seconds})
        _properties(suite, result)
        for case in cases:
            suite.append(_element(case))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _cases(result: CheckResult) -> Iterator[_Case]:
    red = {test.id for test in result.tests if test.status in ("failed", "error")}
    for test in result.tests:
        yield _of_test(test, [finding for finding in result.findings if test.id in red and finding.rule == test.id])
    if result.status == "not_run":
        said = "\n".join(_text(finding) for finding in result.findings)
        outcome: Literal["error", "skipped"] = "error" if result.blocking else "skipped"
        yield _Case(result.check, result.check, outcome, f"did not run: {result.reason}", "not_run", said)
        return
    if result.status == "not_applicable":
        yield _Case(result.check, result.check, "skipped", result.reason)
        return
    others = [finding for finding in result.findings if finding.rule not in red]
    for finding in others:
        yield _of_finding(finding, failed=result.status == "failed")
    if result.status == "failed" and not red and not others:
        yield _Case(result.check, result.check, "failure", f"failed without a finding: {result.reason}", "failed")
    if result.status == "passed" and not result.tests and not others:
        yield _Case(result.check, result.check, text=result.reason, seconds=result.seconds)


def _of_test(test: TestResult, findings: Sequence[Finding]) -> _Case:
    file, _, rest = test.id.partition("::")
    head, bracket, parameters = rest.partition("[")  # a parameter may hold `::`
    classes, _, name = head.rpartition("::")
    place = ".".join(part for part in (_dotted(file), classes.replace("::", ".")) if part)
    name = f"{name}{bracket}{parameters}" or test.id
    outcome: Literal["passed", "failure", "error", "skipped"] = "failure" if test.status == "failed" else test.status
    message = findings[0].message if findings else "" if outcome in ("passed", "skipped") else test.status
    line = findings[0].line if findings and findings[0].file == file else None
    text = "\n".join(_text(finding) for finding in findings)
    return _Case(place, name, outcome, message, test.status, text, test.seconds, file, line)


def _of_finding(finding: Finding, *, failed: bool) -> _Case:
    message = " ".join(finding.message.split())
    name = f"{finding.place}: {message}" if finding.place else message
    place = f"{finding.check}.{finding.rule}" if finding.rule else finding.check
    outcome: Literal["failure", "passed"] = "failure" if failed else "passed"
    return _Case(place, name, outcome, message, finding.severity, _text(finding), file=finding.file, line=finding.line)


def _text(finding: Finding) -> str:
    hint = f"hint: {finding.hint}" if finding.hint else ""
    return "\n".join(part for part in (finding.message, finding.detail, hint) if part)


def _dotted(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    outcomes = [case.outcome for case in cases]
    told = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    return {"tests": str(len(cases)), **{name: str(outcomes.count(outcome)) for name, outcome in told}}


def _properties(suite: ElementTree.Element, result: CheckResult) -> None:
    properties = ElementTree.SubElement(suite, "properties")
    told = (("status", result.status), ("blocking", str(result.blocking).lower()), ("reason", result.reason))
    for name, value in told:
        if value:
            ElementTree.SubElement(properties, "property", {"name": name, "value": _clean(value)})


def _element(case: _Case) -> ElementTree.Element:
    found = {"classname": case.place, "name": case.name, "time": f"{case.seconds:.3f}"}
    found |= {"file": case.file} if case.file else {}
    found |= {"line": str(case.line)} if case.line else {}
    made = ElementTree.Element("testcase", {name: _clean(text) for name, text in found.items()})
    if case.outcome == "skipped":
        ElementTree.SubElement(made, "skipped", {"message": _clean(case.message)} if case.message else {})
    elif case.outcome != "passed":
        said = {"message": _clean(case.message), "type": _clean(case.kind)}
        ElementTree.SubElement(made, case.outcome, said).text = _clean(case.text)
    elif case.text:
        ElementTree.SubElement(made, "system-out").text = _clean(case.text)
    return made


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)

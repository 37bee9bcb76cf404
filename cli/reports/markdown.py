"""The report as Markdown that reads well unrendered, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...state import Brief, Finding
from ...state.markdown import block, code, line_of, plain, quote, table
from .base import Judged, Noticed, Proven, Report, Took


def markdown(report: Report) -> str:
    """`report` as one Markdown document. No HTML of a request, a project or a model comes through."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"# {plain(report.title)}"
    yield from ("", f"**{plain(report.status)}**")
    if report.outcome and report.outcome.reason:
        yield from ("", *quote(report.outcome.reason))
    if report.note:
        yield from ("", *quote(report.note))
    yield from _listed((name, plain(value)) for name, value in report.figures)
    yield from _section("Request", quote(report.record.request))
    if report.outcome and report.outcome.brief:
        yield from _section("Brief", _brief(report.outcome.brief))
    yield from _section("Acceptance criteria", _criteria(report.criteria))
    yield from _section("Checks", _checks(report))
    yield from _section("Faults put into the code", _faults(report.faults))
    yield from _section("Stages", _stages(report.stages, report.total))
    yield from _section("Changed files", _changes(report))
    yield from _section("Pictures", [f"- {line_of(caption)} (in the report as HTML)" for caption in report.pictures])
    yield from _section("How to get the files", _ways(report))
    yield from _section("Facts", [f"- {name}: {code(value)}" for name, value in report.facts])
    yield ""


def _section(title: str, lines: Sequence[str] | Iterator[str]) -> list[str]:
    made = list(lines)
    while made and not made[0]:
        del made[0]
    return ["", f"## {title}", "", *made] if made else []


def _listed(rows: Iterator[tuple[str, str]]) -> list[str]:
    made = [f"- {name}: {value}" for name, value in rows]
    return ["", *made] if made else []


def _brief(brief: Brief) -> Iterator[str]:
    yield line_of(brief.goal)
    yield ""
    for requirement in brief.requirements:
        yield f"- **{requirement.id}** {plain(requirement.text)}"
    if brief.assumptions:
        yield from ("", "Assumed, as nobody was asked or answered:", "")
        yield from (f"- {line_of(assumption)}" for assumption in brief.assumptions)


def _criteria(criteria: Sequence[Proven]) -> Iterator[str]:
    for criterion in criteria:
        by = f" ({plain(criterion.by)})" if criterion.by else ""
        yield f"- **{criterion.id} {criterion.status}**{by}: {plain(criterion.text)}"
        yield from (f"  - {code(test)} {status}" for test, status in criterion.tests)


def _checks(report: Report) -> Iterator[str]:
    if report.stale:
        yield from (plain(report.stale), "")
    if report.checks:
        yield from table(("check", "status", "what it said"), [(c.check, c.status, _note(c)) for c in report.checks])
    for check in report.checks:
        for finding in check.findings:
            yield from _finding(finding)


def _note(check: Judged) -> str:
    found = f"{len(check.findings):,} found, " if check.findings else ""
    return f"{found}{check.note}"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"\n### {plain(finding.check)}: {plain(finding.message)}\n"
    rule = f", rule {code(finding.rule)}" if finding.rule else ""
    where = f" at {code(finding.place)}" if finding.file else ""
    yield f"{finding.severity}{where}{rule}, signature {code(finding.signature)}"
    if finding.hint:
        yield f"\nWhat to do: {plain(finding.hint)}"
    if finding.detail.strip():
        yield from ("", *block(finding.detail))


def _faults(faults: Sequence[Noticed]) -> Iterator[str]:
    for each in faults:
        yield f"- **{plain(each.component)}**: {plain(each.told)}"
        yield from (f"  - {line_of(survivor)}" for survivor in each.survivors)


def _stages(stages: Sequence[Took], total: Took | None) -> Iterator[str]:
    head = ("step", "who", "calls", "tokens", "cost", "time", "note")
    if stages and total:
        yield from table(head, [*stages, total])


def _changes(report: Report) -> Iterator[str]:
    if report.changes is None:
        yield "What it changed is not kept any more."
    elif report.changes:
        rows = [(change.path, change.kind, change.lines) for change in report.changes]
        yield from table(("file", "change", "lines"), rows)


def _ways(report: Report) -> Iterator[str]:
    if report.outcome and report.outcome.into:
        yield from (f"They are in {code(report.outcome.into)}.", "")
    yield from (f"- {what}: {code(command)}" for what, command in report.ways)
    if report.commands:
        yield from ("", "The plan says how they are used:", "")
        yield from (f"- {name}: {code(command)}" for name, command in report.commands)

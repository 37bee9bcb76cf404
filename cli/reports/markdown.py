"""The report as Markdown that reads well unrendered, too.

What others wrote is escaped for CommonMark, its tables and the older dialects: `<`, `>` and `&` as entities, which no
dialect takes for HTML, never in a code span, and longer texts as indented blocks, which need no mark that a text could
close.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...state import Brief, Finding
from ...state.text import visible
from .base import Judged, Noticed, Proven, Report, Took

_MARKS = re.compile(r"[\\`*_\[\]~$^]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
"""A pipe ends a cell of a table, in some dialects behind a backslash, too."""
_STARTS = re.compile(r"^(?:[#+=:-]|\d(?=\d*[.)]))")
"""What makes more than a paragraph of a line that begins with it."""
_NO_CODE = re.compile(r"[`|<>&]|^\s|\s$|^$")


def markdown(report: Report) -> str:
    """`report` as one Markdown document. No HTML of a request, a project or a model comes through."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"# {_text(report.title)}"
    yield from ("", f"**{_text(report.status)}**")
    if report.outcome and report.outcome.reason:
        yield from ("", *_quote(report.outcome.reason))
    if report.note:
        yield from ("", *_quote(report.note))
    yield from _listed((name, _text(value)) for name, value in report.figures)
    yield from _section("Request", _quote(report.record.request))
    if report.outcome and report.outcome.brief:
        yield from _section("Brief", _brief(report.outcome.brief))
    yield from _section("Acceptance criteria", _criteria(report.criteria))
    yield from _section("Checks", _checks(report))
    yield from _section("Faults put into the code", _faults(report.faults))
    yield from _section("Stages", _stages(report.stages, report.total))
    yield from _section("Changed files", _changes(report))
    yield from _section("Pictures", [f"- {_line(caption)} (in the report as HTML)" for caption in report.pictures])
    yield from _section("How to get the files", _ways(report))
    yield from _section("Facts", [f"- {name}: {_code(value)}" for name, value in report.facts])
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
    yield _line(brief.goal)
    yield ""
    for requirement in brief.requirements:
        yield f"- **{requirement.id}** {_text(requirement.text)}"
    if brief.assumptions:
        yield from ("", "Assumed, as nobody was asked or answered:", "")
        yield from (f"- {_line(assumption)}" for assumption in brief.assumptions)


def _criteria(criteria: Sequence[Proven]) -> Iterator[str]:
    for criterion in criteria:
        by = f" ({_text(criterion.by)})" if criterion.by else ""
        yield f"- **{criterion.id} {criterion.status}**{by}: {_text(criterion.text)}"
        yield from (f"  - {_code(test)} {status}" for test, status in criterion.tests)


def _checks(report: Report) -> Iterator[str]:
    if report.stale:
        yield from (_text(report.stale), "")
    if report.checks:
        yield from _table(("check", "status", "what it said"), [(c.check, c.status, _note(c)) for c in report.checks])
    for check in report.checks:
        for finding in check.findings:
            yield from _finding(finding)


def _note(check: Judged) -> str:
    found = f"{len(check.findings):,} found, " if check.findings else ""
    return f"{found}{check.note}"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"\n### {_text(finding.check)}: {_text(finding.message)}\n"
    rule = f", rule {_code(finding.rule)}" if finding.rule else ""
    where = f" at {_code(finding.place)}" if finding.file else ""
    yield f"{finding.severity}{where}{rule}, signature {_code(finding.signature)}"
    if finding.hint:
        yield f"\nWhat to do: {_text(finding.hint)}"
    if finding.detail.strip():
        yield from ("", *_block(finding.detail))


def _faults(faults: Sequence[Noticed]) -> Iterator[str]:
    for each in faults:
        yield f"- **{_text(each.component)}**: {_text(each.told)}"
        yield from (f"  - {_line(survivor)}" for survivor in each.survivors)


def _stages(stages: Sequence[Took], total: Took | None) -> Iterator[str]:
    head = ("step", "who", "calls", "tokens", "cost", "time", "note")
    if stages and total:
        yield from _table(head, [*stages, total])


def _changes(report: Report) -> Iterator[str]:
    if report.changes is None:
        yield "What it changed is not kept any more."
    elif report.changes:
        rows = [(change.path, change.kind, change.lines) for change in report.changes]
        yield from _table(("file", "change", "lines"), rows)


def _ways(report: Report) -> Iterator[str]:
    if report.outcome and report.outcome.into:
        yield from (f"They are in {_code(report.outcome.into)}.", "")
    yield from (f"- {what}: {_code(command)}" for what, command in report.ways)
    if report.commands:
        yield from ("", "The plan says how they are used:", "")
        yield from (f"- {name}: {_code(command)}" for name, command in report.commands)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_text(cell) for cell in row)} |"


def _quote(text: str) -> list[str]:
    """Paragraphs of others, marked as theirs, with their ends of lines."""
    lines = [_line(line) for line in visible(text).strip().split("\n")]
    follows = [bool(line) for line in [*lines[1:], ""]]
    return [f"> {line}  " if line and more else f"> {line}".rstrip() for line, more in zip(lines, follows, strict=True)]


def _block(text: str) -> list[str]:
    """Text of others as it is: indented code, which is one behind an empty line that no list stands before."""
    lines = visible(text).rstrip().strip("\n").expandtabs(4).split("\n")
    return [f"    {line}".rstrip() for line in lines]


def _code(text: str) -> str:
    """A name or a command of others as code; what a code span might not hold everywhere, as escaped text."""
    line = " ".join(visible(text).split("\n"))
    return _line(text) if _NO_CODE.search(line) else f"`{line}`"


def _text(text: str) -> str:
    """What others wrote, on one line, with nothing in it that is more than text."""
    line = " ".join(visible(text).split())
    line = _MARKS.sub(lambda mark: f"\\{mark.group()}", line)
    line = "".join(_ENTITIES.get(char, char) for char in line).replace("://", r"\://")
    return f"{line[:-1]}&#35;" if line.endswith("#") else line  # it could end a heading


def _line(text: str) -> str:
    """The same where it begins a line, or what a list holds."""
    return _STARTS.sub(lambda mark: f"&#{ord(mark.group())};", _text(text))

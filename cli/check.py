from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from ..checks.exports import junit
from ..config import UsageError, load_settings
from ..graphs.checking import Checked, check
from ..state.records import CheckReport, CheckResult, Finding
from ..state.text import counted, visible
from .execution import DELIVERED, NOT_DELIVERED, cancelled_by_signals, execute
from .exporting import as_sarif, check_names, write
from .importing import left_out_lines

_STATUS = {"passed": "ok  ", "failed": "FAIL", "not_run": "FAIL"}
_SHOWN = 20


def main(arguments: argparse.Namespace) -> int:
    """`slipway check`."""

    async def command() -> int:
        files = [file for file in (arguments.sarif, arguments.junit) if file]
        check_names(files)
        settings = load_settings(arguments.set)
        with cancelled_by_signals():
            checked = await check(arguments.directory, pack=arguments.pack, settings=settings)
        if arguments.sarif:
            write(arguments.sarif, as_sarif(checked.report))
        if arguments.junit:
            write(arguments.junit, junit(checked.report))
        pictures = _write_pictures(checked, arguments.pictures) if arguments.pictures else []
        if arguments.json:
            facts = {"green": checked.report.green, "files": checked.files, "left_out": dict(checked.left_out)}
            print(json.dumps({**facts, "pictures": pictures, "report": checked.report.model_dump(mode="json")}))
        else:
            print(visible("\n".join(_text(checked, [*files, *pictures]))))
        return DELIVERED if checked.report.green else NOT_DELIVERED

    return execute(command)


def _text(checked: Checked, written: list[str]) -> Iterator[str]:
    for result in checked.report.results:
        if result.status != "not_applicable":
            yield from _lines(result)
    yield from left_out_lines(checked.left_out)
    yield from (f"written: {file}" for file in written)
    yield f"{counted(checked.files, 'file')}: {_verdict(checked.report)}"


def _lines(result: CheckResult) -> Iterator[str]:
    said = _STATUS[result.status] if result.blocking else "ok  " if result.status == "passed" else "note"
    tests = sum(test.status == "passed" for test in result.tests)
    facts = [f"{tests} of {counted(len(result.tests), 'test')} passed"] if result.tests else []
    yield f"{said} {result.check}: {', '.join([*facts, f'{result.seconds:.1f} s'])}"
    for finding in result.findings[:_SHOWN]:
        yield f"     {_finding(finding)}"
        if finding.hint:
            yield f"       what to do: {finding.hint}"
    if len(result.findings) > _SHOWN:
        yield f"     {len(result.findings) - _SHOWN} more; --json lists them all"


def _finding(finding: Finding) -> str:
    severity = "" if finding.severity == "error" else f"{finding.severity}: "
    rule = f" [{finding.rule}]" if finding.rule and finding.rule != finding.file else ""
    return f"{severity}{f'{finding.place}: ' if finding.file else ''}{finding.message}{rule}"


def _verdict(report: CheckReport) -> str:
    if report.green:
        return "green, every check that is about anything in it passed"
    if not report.findings:
        return "not green, no blocking check is about anything in it"
    return f"red, {counted(len(report.findings), 'finding')} would keep it from being delivered"


def _write_pictures(checked: Checked, directory: str) -> list[str]:
    folder, written = Path(directory), list[str]()
    taken = [picture for result in checked.report.results for picture in result.pictures]
    for number, picture in enumerate(taken, 1):
        name = "".join(c if c.isalnum() else "-" for c in picture.name)[:60].strip("-")
        file = folder / f"{number:02}-{name or 'page'}.png"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(checked.pictures[picture.digest])
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}; name another folder") from error
        written.append(str(file))
    return written

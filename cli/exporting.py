from __future__ import annotations

import argparse
import json
from pathlib import Path

from .. import __version__
from ..checks.exports import junit, sarif
from ..config import Settings, UsageError
from ..state import CheckReport, CorruptState, Outcome, ProjectStore, RunRecord, UnknownVersion, open_state
from ..state.projects.patches import patches
from .reports import FileChange, Report, html, markdown


def wanted(arguments: argparse.Namespace) -> bool:
    """Whether `slipway show` is to write any file about a run."""
    return bool(arguments.sarif or arguments.junit or arguments.report)


def check_names(files: list[str]) -> None:
    """UsageError where two of the files that are to be written are one."""
    for file in files:
        if files.count(file) > 1:
            raise UsageError(f"{file!r} is named twice; name a file for each")


def write(file: str, text: str) -> None:
    """Write `text` into `file`. UsageError where that cannot be."""
    try:
        Path(file).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:  # a null byte
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{file!r} cannot be written: {why}; name a file in a directory that is there") from error


def as_sarif(report: CheckReport) -> str:
    """What the checks found, as the text of a SARIF log."""
    return json.dumps(sarif(report, version=__version__), indent=1) + "\n"


async def write_files(
    record: RunRecord, outcome: Outcome | None, note: str, arguments: argparse.Namespace, settings: Settings
) -> None:
    """Write the files about a run that `arguments` name, and say so. UsageError where one cannot be written."""
    check_names([file for file in (arguments.sarif, arguments.junit, arguments.report) if file])
    texts: dict[str, str] = {}
    if arguments.sarif:
        texts[arguments.sarif] = as_sarif(_checks(record, outcome))
    if arguments.junit:
        texts[arguments.junit] = junit(_checks(record, outcome))
    if arguments.report:
        pictures = await _pictures(record, outcome, settings)
        report = Report(record, outcome, await _changes(record, outcome, settings), note, pictures=pictures)
        as_page = arguments.report.lower().endswith(".html")
        texts[arguments.report] = html(report) if as_page else markdown(report)
    for file, text in texts.items():
        write(file, text)
    if arguments.json:
        print(json.dumps({"run": record.id, "written": list(texts)}))
    else:
        print("\n".join(f"written: {file}" for file in texts))


def _checks(record: RunRecord, outcome: Outcome | None) -> CheckReport:
    if outcome is None or outcome.checks is None:
        raise UsageError(
            f"no version of run {record.id!r} was checked yet, so that there is nothing to export; "
            f"see how it stands with: slipway show {record.id}"
        )
    return outcome.checks


async def _changes(record: RunRecord, outcome: Outcome | None, settings: Settings) -> tuple[FileChange, ...] | None:
    """What the run changed up to the version that its outcome names; None where a version is not kept any more."""
    async with open_state(settings) as redis:
        projects = ProjectStore(redis)
        newest = None if outcome else await projects.newest(record.project, record.id)
        version = newest.version if newest else outcome.version if outcome and outcome.version else record.base
        try:
            old, new = await projects.files(record.project, record.base), await projects.files(record.project, version)
        except UnknownVersion:
            return None
    return tuple(FileChange.of(patch) for patch in patches(old, new))


async def _pictures(record: RunRecord, outcome: Outcome | None, settings: Settings) -> dict[str, bytes]:
    """What its pages looked like when they were checked; those that are not kept any more are left out."""
    results = outcome.checks.results if outcome and outcome.checks else ()
    taken = {f"{result.check}: {picture.name}": picture.digest for result in results for picture in result.pictures}
    if not taken:
        return {}
    async with open_state(settings) as redis:
        try:
            kept = await ProjectStore(redis).get_blobs(record.project, sorted(set(taken.values())))
        except CorruptState:
            return {}
    return {caption: kept[digest] for caption, digest in taken.items()}

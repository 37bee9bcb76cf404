"""`slipway experiment report` and `compare`."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from ..config import ConfigurationError, Settings, UsageError
from ..experiments import Result, experiment_report
from ..state.text import visible
from .execution import DELIVERED
from .exporting import check_names, write

if TYPE_CHECKING:
    from ..experiments.reporting import Summary

_EXTRA = ("matplotlib", "numpy", "pyarrow", "scipy", "statsmodels")
"""What reports take, and runs do without."""
_FILES = {"md": "report.md", "html": "report.html", "csv": "cells.csv", "parquet": "cells.parquet"}
"""Format -> its file in a folder."""


async def report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Say what came of an experiment, or write it into files."""
    reporting = _reporting()
    stands = await experiment_report(arguments.name, settings=settings)
    _tell(reporting.summary_of(stands, arguments.baseline), stands.results, arguments)
    return DELIVERED


async def compare(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compare two line-ups, as `report` does, on the cells that both have."""
    reporting = _reporting()
    (name, baseline), (other_name, other) = _sides(arguments.sides)
    reports = [await experiment_report(each, settings=settings) for each in (name, other_name)]
    summary, results = reporting.between(reporting.Side(reports[0], baseline), reporting.Side(reports[1], other))
    _tell(summary, results, arguments)
    return DELIVERED


def _sides(words: Sequence[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """The experiment and the line-up of the baseline, and of the other."""
    match [word.split(":") for word in words]:
        case [[name], [baseline], [other]]:
            return (name, baseline), (name, other)
        case [[name, baseline], [other_name, other]]:
            return (name, baseline), (other_name, other)
        case _:
            raise UsageError(
                f"{' '.join(words)!r} names no two line-ups; say NAME BASELINE OTHER, or NAME:BASELINE NAME:OTHER"
            )


def _reporting() -> Any:
    # scipy and matplotlib take a second to load, and are there only with the extra.
    try:
        return importlib.import_module("..experiments.reporting", __package__)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise ConfigurationError(
            f"reports take {error.name}, which is not installed: pip install 'slipway[experiments]'"
        ) from error


def _tell(summary: Summary, results: Sequence[Result], arguments: argparse.Namespace) -> None:
    """Write the files that `arguments` name, and say so; where there are none, say it all."""
    reporting = _reporting()
    files = {kind: file for kind in _FILES if (file := getattr(arguments, kind))}
    if arguments.into:
        _folder(arguments.into)
        files = {kind: str(Path(arguments.into) / name) for kind, name in _FILES.items()} | files
    check_names(list(files.values()))
    if not files:
        told = _as_json(summary) if arguments.json else visible(reporting.as_markdown(summary))
        print(told, end="" if told.endswith("\n") else "\n")
        return
    ways: dict[str, Callable[[str], None]] = {
        "md": lambda file: write(file, reporting.as_markdown(summary)),
        "html": lambda file: write(file, reporting.as_html(summary)),
        "csv": lambda file: reporting.write_csv(results, file),
        "parquet": lambda file: reporting.write_parquet(results, file),
    }
    for kind, file in files.items():
        _written(ways[kind], file)
    print(json.dumps({"written": list(files.values())}) if arguments.json else _said(files.values()))


def _said(files: Any) -> str:
    return visible("\n".join(f"written: {file}" for file in files))


def _as_json(summary: Summary) -> str:
    """What is not known, and a bound that is open, is null."""
    told = json.loads(TypeAdapter(type(summary)).dump_json(summary))
    return json.dumps({"kind": "report", **told})


def _folder(name: str) -> None:
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{name!r} cannot be a folder: {error.strerror}; name another with --into") from error


def _written(way: Callable[[str], None], file: str) -> None:
    try:
        way(file)
    except OSError as error:
        why = error.strerror or error
        raise UsageError(f"{file!r} cannot be written: {why}; name a file in a directory that is there") from error

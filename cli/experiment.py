from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ..config import Settings, load_settings
from ..experiments import (
    Cell,
    Report,
    Result,
    experiment_names,
    experiment_report,
    remove_experiment,
    resume_experiment,
    run_experiment,
)
from ..experiments.announcing import announced
from ..experiments.running import Silent, Watcher
from ..experiments.spec import Design
from ..state import Event, StageStarted
from ..state.text import counted, visible
from .execution import DELIVERED, NOT_DELIVERED, PARKED, cancelled_by_signals, execute
from .progress import money
from .reporting import compare, report

_REASON = 200  # characters of why a cell failed, on one line


def main(arguments: argparse.Namespace) -> int:
    """`slipway experiment`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        match arguments.action:
            case "run" | "resume":
                return await _run(arguments, settings)
            case "status":
                return await _status(arguments, settings)
            case "report":
                return await report(arguments, settings)
            case "compare":
                return await compare(arguments, settings)
            case _:
                return await _remove(arguments, settings)

    return execute(command)


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    door, what = (run_experiment, arguments.spec) if arguments.action == "run" else (resume_experiment, arguments.name)
    shown = _shown(as_json=arguments.json)
    given: dict[str, Any] = {
        "budget_usd": arguments.budget,
        "parallel": arguments.parallel,
        "settings": settings,
        "watcher": shown,
    }
    try:
        with shown.window, cancelled_by_signals():
            report = await door(what, **given)
    except asyncio.CancelledError:
        again = f"resume {shown.name}" if shown.name else f"{arguments.action} {what}"
        print(f"parked; go on with: slipway experiment {again}", file=sys.stderr)
        raise
    _print(report, as_json=arguments.json)
    return _exit_code(report)


async def _remove(arguments: argparse.Namespace, settings: Settings) -> int:
    runs = await remove_experiment(arguments.name, settings=settings)
    if arguments.json:
        print(json.dumps({"kind": "removed", "name": arguments.name, "runs": runs}))
    else:
        left = f"{counted(runs, 'run')} of it will be there for 30 days more" if runs else "it had no runs"
        print(f"removed: experiment {arguments.name} and its results; {left}")
    return DELIVERED


async def _status(arguments: argparse.Namespace, settings: Settings) -> int:
    names = [arguments.name] if arguments.name else await experiment_names(settings=settings)
    for name in names:
        _print(await experiment_report(name, settings=settings), as_json=arguments.json)
    if not names:
        print("there are no experiments; begin one: slipway experiment run SPEC", file=sys.stderr)
    return DELIVERED


def _exit_code(report: Report) -> int:
    if report.status != "done":
        return PARKED
    return NOT_DELIVERED if report.errors else DELIVERED


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"kind": "experiment", **facts(report)}), flush=True)
    else:
        print(visible("\n".join(lines(report))))


def facts(report: Report) -> dict[str, Any]:
    """What a program wants to know of an experiment."""
    return {
        "name": report.experiment.name,
        "status": report.status,
        "holder": report.holder,
        "cells": len(report.experiment.cells),
        "done": len(report.results) - report.errors,
        "succeeded": report.succeeded,
        "errors": report.errors,
        "missing": report.missing,
        "under_way": dict(report.under_way),
        "left_out": report.left_out,
        "spent_usd": report.spent_usd,
        "budget_usd": report.experiment.spec.budget_usd,
        "lineups": {label: _of_lineup(report, label) for label in report.experiment.lineups},
    }


def _of_lineup(report: Report, label: str) -> dict[str, Any]:
    own = [result for result in report.results if result.cell.lineup == label and not result.error]
    return {"done": len(own), "succeeded": sum(bool(result.succeeded) for result in own)}


def lines(report: Report) -> list[str]:
    """How an experiment stands, for a person."""
    name, cells = report.experiment.name, len(report.experiment.cells)
    said = [
        f"{_standing(report)}: experiment {name}, {len(report.results) - report.errors} of {counted(cells, 'cell')} "
        f"done, {report.succeeded} succeeded, {money(report.spent_usd)}"
    ]
    for label in report.experiment.lineups:
        own = _of_lineup(report, label)
        said.append(f"  {label}: {own['succeeded']} of {own['done']} succeeded")
    said += [f"  under way: {cell}{f', run {run}' if run else ''}" for cell, run in report.under_way.items()]
    if report.errors:
        said.append(f"{counted(report.errors, 'cell')} could not be done; try again: slipway experiment resume {name}")
        said += [f"  {_described(result)}" for result in report.results if result.error]
    if report.left_out:
        said.append(f"{counted(report.left_out, 'result')} of cells that the spec no longer has: left out")
    if report.status == "over_budget":
        said.append(f"no more cells fit into its budget; raise it: slipway experiment resume {name} --budget USD")
    elif report.status != "done" and report.holder is None:
        said.append(f"no process runs it; go on with: slipway experiment resume {name}")
    return said


def _standing(report: Report) -> str:
    if report.holder is not None:
        return f"running ({report.holder})"
    return "stopped" if report.status == "running" else report.status


def _described(result: Result) -> str:
    """One line for a cell."""
    if result.error:
        return f"{result.cell}: error: {' '.join(result.error.split())[:_REASON]}"
    last = result.steps[-1]
    usage = result.usage
    how = "succeeded" if result.succeeded else f"{last.status}, {'accepted' if last.accepted else 'not accepted'}"
    tokens = f"{usage.input_tokens + usage.output_tokens:,} tokens"
    return f"{result.cell}: {how}, {tokens}, {money(usage.cost_usd)}, {result.seconds:.1f} s"


# --- while it runs ---------------------------------------------------------------------------------------------------


class _Shown(Watcher, Protocol):
    """Shows what happens in an experiment."""

    name: str
    """The experiment's, once it is planned."""

    @property
    def window(self) -> AbstractContextManager[object, bool | None]:
        """Is open while it shows."""
        ...


def _shown(*, as_json: bool) -> _Shown:
    """JSON lines on stdout, else live lines on a terminal's stderr, else plain lines there."""
    if as_json:
        return JsonCells()
    console = Console(stderr=True, highlight=False)
    return LiveCells(console) if console.is_terminal else PlainCells()


class PlainCells(Silent):
    """For logs and pipes: what is to be done, and one line on stderr when a cell has ended.

    Who wants to follow a run has its id in the status.
    """

    name = ""
    window = nullcontext()

    def planned(self, design: Design, results: Mapping[str, Result]) -> None:
        """Say what is to be done."""
        self.name = design.spec.name
        print(visible(announced(design, results)), file=sys.stderr, flush=True)

    def ended(self, result: Result) -> None:
        """Say what came of a cell."""
        print(visible(_described(result)), file=sys.stderr, flush=True)


class JsonCells(PlainCells):
    """Each result as one JSON object a line, on stdout."""

    def ended(self, result: Result) -> None:
        """Print the result."""
        said = {"kind": "cell", "succeeded": result.succeeded, **result.model_dump(mode="json")}
        print(json.dumps(said), flush=True)


@dataclass
class LiveCells:
    """On a terminal: what has ended in all, and one live line for each cell that is under way."""

    console: Console
    name: str = ""
    head: str = ""
    cells: int = 0
    results: dict[str, Result] = field(default_factory=dict[str, Result])
    under_way: dict[str, str] = field(default_factory=dict[str, str])
    """Cell -> what it is at."""

    def __post_init__(self) -> None:
        self.window = Live(get_renderable=self._view, console=self.console, refresh_per_second=8, transient=False)

    def planned(self, design: Design, results: Mapping[str, Result]) -> None:
        """Say what is to be done."""
        self.name = design.spec.name
        keys = {cell.key for cell in design.experiment.cells}
        self.head, self.cells = visible(announced(design, results)), len(keys)
        self.results = {key: result for key, result in results.items() if key in keys and not result.error}

    def happened(self, cell: Cell, event: Event) -> None:
        """Take an event in; the terminal follows by itself."""
        if isinstance(event, StageStarted):
            self.under_way[str(cell)] = event.step

    def ended(self, result: Result) -> None:
        """Say what came of a cell, above the live lines."""
        self.under_way.pop(str(result.cell), None)
        self.results[result.cell.key] = result
        self.console.print(Text(visible(_described(result)), style="" if result.succeeded else "red"))

    def _view(self) -> Group:
        succeeded = sum(bool(result.succeeded) for result in self.results.values())
        charged = sum(result.spent_usd for result in self.results.values())
        total = f"{len(self.results)} of {counted(self.cells, 'cell')} done, {succeeded} succeeded, {money(charged)}"
        shown = [Text(self.head, style="bold"), Text(total)]
        shown += [Text.assemble(("● ", "yellow"), f"{cell}  {step}") for cell, step in self.under_way.items()]
        for text in shown:
            text.overflow = "ellipsis"
        return Group(*shown)

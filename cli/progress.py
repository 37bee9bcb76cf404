from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ..state import (
    ChecksFinished,
    Estimate,
    Event,
    ModelCalled,
    Outcome,
    RunEnded,
    RunLimits,
    RunStarted,
    Spread,
    StageFinished,
    StageStarted,
    Steered,
    ToolCalled,
    Usage,
    Waiting,
)
from ..state.hazards import hazards
from ..state.text import counted, visible
from .answering import asked

_SHOWN = 5  # findings under a step on a terminal
_WIDTH = 160  # characters of what others say, on one line
_QUIET_SECONDS = 60.0
"""For how long plain lines say no more of calls that wait for the same."""


class Progress(Protocol):
    """Shows what happens in a run."""

    def __enter__(self) -> object:
        """Begin to show."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""
        ...

    def show(self, event: Event) -> None:
        """Show one more event."""
        ...


def open_progress(*, as_json: bool) -> Progress:
    """JSON lines on stdout, else live lines on a terminal's stderr, else plain lines there."""
    if as_json:
        return JsonLines()
    console = Console(stderr=True, highlight=False)
    return LiveLines(console) if console.is_terminal else PlainLines()


@dataclass
class Line:
    """One step, as it is shown."""

    step: str
    who: str
    usage: Usage = field(default_factory=Usage)
    tools: int = 0
    started: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    note: str = ""
    findings: tuple[str, ...] = ()
    waits: str = ""
    """For what a call of it waits, until one is answered."""
    told: str = ""
    """What a person told its agent last, while that works."""

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """Step, who, tokens, cost, time, note."""
        usage = self.usage
        tokens = f"{usage.input_tokens + usage.output_tokens:,} tokens" if usage.calls else ""
        seconds = self.seconds if self.seconds is not None else time.monotonic() - self.started
        return (
            self.step,
            self.who,
            tokens,
            money(usage.cost_usd) if usage.calls else "",
            f"{seconds:.1f} s",
            self.waits or self.note or self.told,
        )


class Lines:
    """The steps of a run, kept up to date from its events."""

    def __init__(self) -> None:
        self.steps: dict[str, Line] = {}
        self.head = ""

    def take(self, event: Event) -> Line | None:
        """Take an event in; return the step's line where it changed."""
        match event:
            case RunStarted():
                verb = "resumed" if event.resumed else "started"
                self.head = f"run {event.run} {verb}: project {event.project}, line-up {event.lineup}"
                if event.estimate is not None:
                    self.head += f"\n{describe_estimate(event.estimate, event.limits)}"
                return None
            case StageStarted():
                who = f"{event.role} {event.model}" if event.role else ""
                line = self.steps[event.step] = Line(event.step, who)
                return line
            case ModelCalled() if event.step in self.steps:
                line = self.steps[event.step]
                line.usage, line.waits = line.usage + event.usage, ""
                return line
            case Steered() if event.step in self.steps:
                line = self.steps[event.step]
                line.told = describe_steered(event)
                return line
            case Waiting() if event.step in self.steps:
                line = self.steps[event.step]
                line.waits = describe_waiting(event)
                return line
            case ToolCalled() if event.step in self.steps:
                line = self.steps[event.step]
                line.tools += 1
                return line
            case ChecksFinished() if event.step in self.steps:
                line = self.steps[event.step]
                line.note, line.findings = describe_checks(event), event.findings
                return line
            case StageFinished() if event.record.step in self.steps:
                line = self.steps[event.record.step]
                line.seconds, line.waits, line.told = event.record.seconds, "", ""
                line.note = line.note or event.record.note
                return line
            case _:
                return None


class JsonLines:
    """Every event as one JSON object a line, on stdout."""

    def __enter__(self) -> JsonLines:
        """Begin to show."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""

    def show(self, event: Event) -> None:
        """Print the event; the end of the run is the caller's result."""
        if not isinstance(event, RunEnded):
            print(event.model_dump_json(), flush=True)


class PlainLines:
    """For logs and pipes, one line on stderr when a step has ended, when calls begin to wait, for an instruction."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._waits: dict[tuple[str, bool], float] = {}
        """When it was last said that calls of a model wait: for a limit, or to be made again."""
        self._given: set[str] = set()
        """Instructions of which was said that an agent has them."""

    def __enter__(self) -> PlainLines:
        """Begin to show."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""

    def show(self, event: Event) -> None:
        """Print a line where a step has ended."""
        line = self._lines.take(event)
        if isinstance(event, RunStarted):
            print(self._lines.head, file=sys.stderr, flush=True)
        elif line is not None and isinstance(event, StageFinished):
            step, *rest = line.cells()
            print(f"{step:<18} {'  '.join(cell for cell in rest if cell)}", file=sys.stderr, flush=True)
        elif line is not None and isinstance(event, Waiting) and self._is_news(event):
            print(f"{line.step:<18} {line.waits}", file=sys.stderr, flush=True)
        elif line is not None and isinstance(event, Steered):
            self._show_steered(event, line)
        if isinstance(event, ChecksFinished):
            for finding in event.findings:
                print(f"    {finding}", file=sys.stderr, flush=True)

    def _show_steered(self, event: Steered, line: Line) -> None:
        new = {instruction.id for instruction in event.instructions} - self._given
        if new:
            print(f"{line.step:<18} {line.told}", file=sys.stderr, flush=True)
        self._given |= new

    def _is_news(self, event: Waiting) -> bool:
        what, now = (event.model, event.seconds is None), time.monotonic()
        if now - self._waits.get(what, -math.inf) < _QUIET_SECONDS:
            return False
        self._waits[what] = now
        return True


class LiveLines:
    """One live line a step, on a terminal."""

    def __init__(self, console: Console) -> None:
        self._lines = Lines()
        self._live = Live(get_renderable=self._view, console=console, refresh_per_second=8, transient=False)

    def __enter__(self) -> LiveLines:
        """Begin to show."""
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the last state on the terminal."""
        self._live.stop()

    def show(self, event: Event) -> None:
        """Take an event in; the terminal follows by itself."""
        self._lines.take(event)

    def _view(self) -> Group:
        lines = list(self._lines.steps.values())
        cells = [line.cells() for line in lines]
        widths = [max((len(row[i]) for row in cells), default=0) for i in range(5)]
        shown = [Text(self._lines.head, style="bold")]
        for line, row in zip(lines, cells, strict=True):
            columns = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            shown.append(Text.assemble(_mark(line), "  ".join([*columns, row[5]]).rstrip()))
            shown += [Text(f"    {finding}", style="dim") for finding in line.findings[:_SHOWN]]
        for text in shown:
            text.no_wrap, text.overflow = True, "ellipsis"
        return Group(*shown)


def _mark(line: Line) -> tuple[str, str]:
    if line.seconds is None:
        return "● ", "yellow"
    return ("✗ ", "red") if line.note.startswith("red") else ("✓ ", "green")


def describe_estimate(estimate: Estimate, limits: RunLimits) -> str:
    """One line for what a run may take, and for each limit of it that is lower than what is usual."""
    if not estimate.runs:
        return "estimate: unknown, as no whole run delivered to this project yet"
    figures: tuple[tuple[Spread | None, float | None, Callable[[float], str]], ...] = (
        (estimate.cost_usd, limits.run.cost_usd, money),
        (estimate.tokens, limits.run.tokens, lambda tokens: f"{tokens:,.0f} tokens"),
        (estimate.seconds, limits.seconds, lambda seconds: f"{seconds:.0f} s"),
    )
    known = [(spread, limit, say) for spread, limit, say in figures if spread is not None]
    usual = ["unknown cost"] if estimate.cost_usd is None else []
    usual += [f"{say(spread.median)} ({say(spread.least)} to {say(spread.most)})" for spread, _, say in known]
    low = [
        f"; the limit of {say(limit)} is below that" for spread, limit, say in known if limit and limit < spread.median
    ]
    runs = "1 delivered run" if estimate.runs == 1 else f"{estimate.runs} delivered runs"
    return f"estimate, from {runs}: {', '.join(usual)}{''.join(low)}"


def describe_waiting(event: Waiting) -> str:
    """One line for a call that waits: for how long, where that is known, and why."""
    return f"waits{'' if event.seconds is None else f' {event.seconds:.0f} s'}: {_short(event.reason)}"


def describe_steered(event: Steered) -> str:
    """One line for what an agent is told by a person."""
    return f"is told: {_short(' '.join(' '.join(each.text for each in event.instructions).split()))}"


def _short(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def describe_checks(event: ChecksFinished) -> str:
    """One line for a run of the checks."""
    # What is green, though a check of it failed, has the faults alone that were there before the run.
    failed = "failed as before the run" if event.green else "failed"
    said = {"passed": "passed", "failed": failed, "not_run": "not run"}
    results = ", ".join(
        f"{name} {said[status]}" for name, status in event.results.items() if status != "not_applicable"
    )
    return f"{'green' if event.green else 'red'}: {results}"


def money(usd: float | None) -> str:
    """An amount as a person reads it."""
    return "unknown cost" if usd is None else f"${usd:.4f}"


def summary(outcome: Outcome) -> str:
    """The result of a run, for a person."""
    usage = outcome.usage
    lines = [
        f"{outcome.status}: run {outcome.run}, project {outcome.project}",
        f"{counted(usage.calls, 'model call')}, {usage.input_tokens:,} tokens in ({usage.cached_tokens:,} cached), "
        f"{usage.output_tokens:,} out, {money(usage.cost_usd)}, {outcome.seconds:.1f} s",
    ]
    if outcome.reason:
        lines.append(f"reason: {outcome.reason}")
    lines += [f"  assumption: {text}" for text in (outcome.brief.assumptions if outcome.brief else ())]
    criteria = {c.id: c.text for c in outcome.brief.criteria} if outcome.brief else {}
    for proof in outcome.evidence:
        tests = f" ({counted(len(proof.tests), 'test')})" if proof.tests else " (a person says so)" * bool(proof.check)
        lines.append(f"  {proof.criterion} {proof.status}{tests}: {criteria.get(proof.criterion, '')}")
    if tried := sum(result.tried for result in outcome.mutations):
        noticed = sum(result.noticed for result in outcome.mutations)
        lines.append(f"  of {tried} faults put into the code, one at a time, the tests notice {noticed}")
    where = f"in {outcome.into}" if outcome.into else f"get them with: slipway show {outcome.run} --into DIR"
    if outcome.files:
        lines.append(f"{counted(len(outcome.files), 'file')}, {where}")
        left_out = hazards(outcome.files) if outcome.into else {}
        lines += [f"  {path}{f' (left out: {left_out[path]})' if path in left_out else ''}" for path in outcome.files]
        lines += [f"get what was left out with: slipway show {outcome.run} --into DIR --with PATH"] if left_out else []
    lines += asked(outcome) if outcome.status == "needs_input" else []
    return "\n".join(lines)

"""A summary as tables of text, which every format shows alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...state.text import counted
from .base import Comparison, Group, Part, Summary
from .figures import MISSING, chance, duration, maybe, money, percent, points, signed, times, told, whole

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a title."""

    title: str
    head: Row
    rows: tuple[Row, ...]
    note: str = ""
    """What the numbers are."""
    words: int = 1
    """How many columns, from the left, are no numbers."""


def headline(summary: Summary) -> str:
    """How much there is, in a line."""
    done = f"{counted(summary.cells, 'cell')} done"
    said = f"{counted(len(summary.lineups), 'line-up')} on {counted(summary.tasks, 'task')}: {done}"
    return f"{said}, {counted(summary.errors, 'error')}." if summary.errors else f"{said}."


def tables(summary: Summary) -> tuple[Table, ...]:
    """All there are with something in them."""
    made = (
        _success(summary),
        _differences(summary),
        _costs(summary),
        _takes(summary),
        _per_success(summary),
        _tries(summary),
        _parts(summary, "Stages", "stage", [(group, group.stages) for group in summary.wholes]),
        _parts(summary, "Roles", "role", [(group, group.roles) for group in summary.wholes]),
        _failures(summary),
        _endings(summary),
        _problems(summary),
        _misses(summary),
    )
    return tuple(table for table in made if table.rows)


def _success(summary: Summary) -> Table:
    rows = [
        (
            group.lineup,
            _where(group),
            whole(group.tasks),
            whole(group.cells),
            whole(group.succeeded),
            told(group.success, percent),
            whole(group.accepted_only),
            whole(group.delivered_only),
            whole(group.errors),
        )
        for group in summary.groups
    ]
    head = (
        "line-up", "tasks of", "tasks", "cells", "succeeded", "success (95 %)", "accepted, not delivered",
        "delivered, not accepted", "errors",
    )  # fmt: skip
    note = (
        "Succeeded: every request was delivered, and its hidden check accepted it. Each task weighs the same; Wilson's "
        "interval with tasks as clusters. Cells with errors are counted in the last column alone."
    )
    return Table("Success", head, tuple(rows), note, words=2)


def _differences(summary: Summary) -> Table:
    rows = [
        (
            each.lineup,
            _where(each),
            whole(each.tasks),
            whole(each.cells),
            told(each.success.difference, points),
            whole(each.success.first_only),
            whole(each.success.second_only),
            chance(each.p if each.cells else None),
            MISSING if each.smallest >= 1 else f"{100 * each.smallest:.0f}",
        )
        for each in summary.comparisons
    ]
    head = (
        "line-up", "tasks of", "tasks", "pairs", "success, points (95 %)", "only it",
        f"only {summary.baseline}", "p", "visible from",
    )  # fmt: skip
    note = (
        f"The line-up less {summary.baseline}, on the cells that both have (pairs), in percentage points; bootstrap of "
        "tasks, and an exact bound where all tasks came out alike. Only it: pairs in which it alone succeeded. p: "
        "exact McNemar, corrected for all line-ups (Holm); it takes cells for independent, so with repeats the "
        "interval is the one to read. Families are not tested, and their intervals are not corrected for their number. "
        "Visible from: the smallest difference that a plan of so many tasks and repeats can count on seeing (80 % "
        "power, at rates about a half); -: none, whatever it is."
    )
    return Table(f"Success against {summary.baseline}", head, tuple(rows), note, words=2)


def _costs(summary: Summary) -> Table:
    rows = [
        (
            each.lineup,
            _where(each),
            whole(each.cells),
            told(each.usd, signed(money)),
            told(each.times_usd, times),
            told(each.tokens, signed(whole)),
            told(each.times_tokens, times),
            told(each.seconds, signed(duration)),
        )
        for each in summary.comparisons
    ]
    head = (
        "line-up", "tasks of", "pairs", "cost a cell (USD)", "cost in all", "tokens a cell", "tokens in all",
        "time a cell",
    )  # fmt: skip
    note = (
        f"What the line-up takes more than {summary.baseline} on the same cells, and in all as a multiple; bootstrap-t "
        "of tasks, 95 %; below five tasks there is no interval (-)."
    )
    return Table(f"Cost against {summary.baseline}", head, tuple(rows), note, words=2)


def _takes(summary: Summary) -> Table:
    rows = [
        (
            group.lineup,
            _where(group),
            maybe(group.usage.cost_usd, money),
            maybe(group.failed_share, percent),
            money(group.charged_usd),
            money(group.error_usd),
            whole(group.usage.calls),
            whole(group.usage.input_tokens),
            whole(group.usage.cached_tokens),
            whole(group.usage.output_tokens),
            duration(group.seconds),
        )
        for group in summary.groups
    ]
    head = (
        "line-up", "tasks of", "cost (USD)", "failed", "charged (USD)", "errors (USD)", "calls", "tokens in", "cached",
        "tokens out", "time",
    )  # fmt: skip
    note = (
        "Cost: of the answered calls of all cells that were done. Failed: which share of it cells took that failed. "
        "Charged: by the ledger, with calls that died in flight at their worst case, cancelled runs, and cells with "
        "errors, whose part stands beside it."
    )
    return Table("What it took", head, tuple(rows), note, words=2)


def _per_success(summary: Summary) -> Table:
    rows = [
        (
            group.lineup,
            _where(group),
            whole(group.succeeded),
            told(group.per_success.usd, money),
            told(group.per_success.tokens, whole),
            told(group.per_success.input_tokens, whole),
            told(group.per_success.seconds, duration),
        )
        for group in summary.groups
    ]
    head = ("line-up", "tasks of", "successes", "cost (USD)", "tokens", "tokens in", "time")
    note = (
        "All that was spent, on failures too, over the number of successes; bootstrap-t of tasks, 95 %. Without a "
        "success there is no value; below five tasks there is no interval (-), and ∞ is a bound that nobody knows."
    )
    return Table("Per successful outcome", head, tuple(rows), note, words=2)


def _tries(summary: Summary) -> Table:
    rows = [
        (group.lineup, _where(group), str(k), whole(one.tasks), told(one, percent), told(every, percent))
        for group in summary.groups
        for k, (one, every) in enumerate(zip(group.any_of, group.all_of, strict=True), 1)
        if k > 1
    ]
    head = ("line-up", "tasks of", "k", "tasks", "pass@k", "pass^k")
    note = (
        "Of k tries at a task, one at least succeeds (pass@k), or all do (pass^k); seeds and repeats are tries. "
        "One try is the success above."
    )
    return Table("Several tries", head, tuple(rows), note, words=2)


def _parts(summary: Summary, title: str, what: str, groups: Iterable[tuple[Group, Sequence[Part]]]) -> Table:
    rows = [
        (
            group.lineup,
            part.name or "(none)",
            whole(part.tokens),
            maybe(part.of_tokens, percent),
            maybe(part.usd, money),
            maybe(part.of_usd, percent),
            maybe(part.seconds, duration),
            maybe(part.of_seconds, percent),
        )
        for group, parts in groups
        for part in parts
    ]
    head = ("line-up", what, "tokens", "share", "cost (USD)", "share", "time", "share")
    timed = "of its steps; those of one wave overlap" if what == "stage" else "of its models"
    return Table(title, head, tuple(rows), f"Of all cells that were done. Time: {timed}.", words=2)


def _failures(summary: Summary) -> Table:
    rows = [
        (
            each.cell.lineup,
            each.cell.task,
            str(each.cell.seed),
            str(each.cell.repeat),
            str(len(each.steps)),
            each.steps[-1].status.replace("_", " "),
            "accepted" if each.accepted else "not accepted",
            each.steps[-1].run,
        )
        for each in summary.failures
    ]
    head = ("line-up", "task", "seed", "repeat", "request", "its run", "hidden check", "run")
    note = "Cells that were done and did not succeed, at their last request. Its run tells more: slipway show RUN."
    return Table("What failed", head, tuple(rows), note, words=8)


def _endings(summary: Summary) -> Table:
    names = sorted({status for group in summary.wholes for status in group.statuses})
    rows = [
        (
            group.lineup,
            *(whole(group.statuses.get(name, 0)) for name in names),
            whole(group.repairs),
            whole(group.questions),
        )
        for group in summary.wholes
        if group.cells
    ]
    head = ("line-up", *(name.replace("_", " ") for name in names), "repairs", "questions")
    note = "Runs by how they ended: a task has one for each of its requests. Repairs are passages of the stage fix."
    return Table("How runs ended", head, tuple(rows), note)


def _problems(summary: Summary) -> Table:
    kinds = sorted({kind for group in summary.wholes for kind in group.problems})
    rows = [
        (group.lineup, *(whole(group.problems.get(kind, 0)) for kind in kinds)) for group in summary.wholes if kinds
    ]
    return Table("Problems that agents reported", ("line-up", *kinds), tuple(rows))


def _misses(summary: Summary) -> Table:
    rows = [
        (group.lineup, kind, role or "(none)", whole(count))
        for group in summary.wholes
        for kind, roles in group.misses.items()
        for role, count in roles.items()
    ]
    note = "What the prompts of simulated models lacked to do their part, by the kind of fact and the role."
    return Table("Gate misses", ("line-up", "kind", "role", "times"), tuple(rows), note, words=3)


def _where(part: Group | Comparison) -> str:
    return part.family or "all"

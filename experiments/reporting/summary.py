from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import get_args

from ...config import UsageError
from ...config.lineup import ROLES
from ...config.task import FAMILIES, Family
from ...state.records import Stage, Usage
from ...state.text import counted
from ..base import Counts, Result
from ..standing import Report
from ..statistics import FEW, Estimate, all_of, any_of, over_tasks, rate, ratio
from ..statistics.base import unknown
from .about import about
from .base import Group, Part, PerSuccess, Summary
from .cells import by_task, delivered, input_tokens, seconds, tokens, usd
from .comparing import compared

_CENT = 0.01


def summarise(
    results: Iterable[Result],
    baseline: str | None = None,
    *,
    lineups: Sequence[str] = (),
    title: str = "",
    notes: Sequence[str] = (),
    about: Sequence[str] = (),
) -> Summary:
    """What may be said of `results`, in whatever order they come.

    `lineups` is the order of the line-ups, those that it does not name behind it by name; the first is the baseline
    where none is given. `notes` come before the warnings, `about` says what was run. UsageError where nothing was done
    by the baseline's name.
    """
    found = sorted(results, key=lambda r: (r.cell.task, r.cell.seed, r.cell.repeat, r.cell.key))
    names = {result.cell.lineup for result in found}
    order = tuple(name for name in dict.fromkeys(lineups) if name in names)
    order += tuple(sorted(names - set(order)))
    if baseline is not None and baseline not in names:
        raise UsageError(f"no results of line-up {baseline!r}; there are: {', '.join(order) or 'none'}")
    base = baseline if baseline is not None else next(iter(order), None)
    done = [result for result in found if not result.error]
    groups = [_group(name, family, found) for name in order for family in (None, *_families(found))]
    return Summary(
        title=title or "Experiment",
        about=tuple(about),
        lineups=order,
        baseline=base,
        tasks=len({result.cell.task for result in done}),
        cells=len(done),
        errors=len(found) - len(done),
        groups=tuple(group for group in groups if group.family is None or group.cells + group.errors),
        comparisons=(comparisons := compared(done, order, base, _families(done))),
        failures=tuple(r for name in order for r in done if r.cell.lineup == name and not r.succeeded),
        warnings=(*notes, *_warnings(found, order, [each.left_out for each in comparisons if each.family is None])),
    )


def summary_of(report: Report, baseline: str | None = None) -> Summary:
    """What may be said of an experiment, with its name and the order of its line-ups. UsageError as `summarise`."""
    name, notes = report.experiment.name, list[str]()
    if report.missing:
        cells = counted(len(report.experiment.cells), "cell")
        notes.append(f"{report.missing:,} of {cells} are not done yet.")
    if report.left_out:
        notes.append(f"{counted(report.left_out, 'result')} of cells that the spec no longer has: left out.")
    if report.spent_usd - sum(result.spent_usd for result in report.results) > _CENT:
        notes.append(
            f"The ledger was charged {report.spent_usd:,.2f} USD in all, more than its results tell: something is "
            "under way, or broke off."
        )
    lineups = tuple(report.experiment.lineups)
    return summarise(
        report.results,
        baseline,
        lineups=lineups,
        title=f"Experiment {name}",
        notes=notes,
        about=about((report.experiment, report.experiment.lineups)),
    )


def _families(results: Sequence[Result]) -> tuple[Family, ...]:
    """Those that there are; none where one would be all."""
    there: tuple[Family, ...] = tuple(
        family for family in FAMILIES if any(result.cell.family == family for result in results)
    )
    return there if len(there) > 1 else ()


def _tasks(results: Sequence[Result], family: Family) -> int:
    return len({result.cell.task for result in results if result.cell.family == family})


# --- one line-up -----------------------------------------------------------------------------------------------------


def _group(lineup: str, family: Family | None, results: Sequence[Result]) -> Group:
    own = [r for r in results if r.cell.lineup == lineup and family in (None, r.cell.family)]
    done, broken = [r for r in own if not r.error], [r for r in own if r.error]
    tasks = by_task(done)
    successes = [[bool(result.succeeded) for result in cells] for cells in tasks]
    steps = [step for result in done for step in result.steps]
    return Group(
        lineup=lineup,
        family=family,
        tasks=len(tasks),
        cells=len(done),
        errors=len(broken),
        succeeded=sum(map(sum, successes)),
        success=rate(successes),
        accepted_only=sum(bool(result.accepted) and not delivered(result) for result in done),
        delivered_only=sum(delivered(result) and not result.accepted for result in done),
        any_of=_tries(any_of, successes),
        all_of=_tries(all_of, successes),
        per_success=_per_success(tasks, successes),
        usage=reduce(add, (result.usage for result in done), Usage()),
        seconds=sum(result.seconds for result in done),
        charged_usd=sum(result.spent_usd for result in own),
        error_usd=sum(result.spent_usd for result in broken),
        failed_share=_failed_share(done),
        stages=_parts(_summed(r.by_stage for r in done), _seconds(s.stage_seconds for s in steps), get_args(Stage)),
        roles=_parts(roles := _summed(r.by_role for r in done), {n: u.model_seconds for n, u in roles.items()}, ROLES),
        repairs=sum(step.repairs for step in steps),
        questions=sum(len(step.questions) for step in steps),
        problems=_counted(problem.kind.replace("_", " ") for step in steps for problem in step.problems),
        misses=_misses(done),
        statuses=_counted(step.status for step in steps),
    )


def _tries(chance: Callable[[int, int, int], float], successes: Sequence[Sequence[bool]]) -> tuple[Estimate, ...]:
    most = max(map(len, successes), default=0)
    return tuple(
        over_tasks([chance(k, len(cells), sum(cells)) for cells in successes if len(cells) >= k])
        for k in range(1, most + 1)
    )


def _per_success(tasks: Sequence[Sequence[Result]], successes: Sequence[Sequence[bool]]) -> PerSuccess:
    counts = [float(sum(cells)) for cells in successes]

    def of(amount: Callable[[Result], float | None]) -> Estimate:
        sums = [[amount(result) for result in cells] for cells in tasks]
        known = [[value for value in cells if value is not None] for cells in sums]
        return ratio([sum(cells) for cells in known], counts) if known == sums else unknown(0)

    return PerSuccess(usd=of(usd), tokens=of(tokens), input_tokens=of(input_tokens), seconds=of(seconds))


def _failed_share(done: Sequence[Result]) -> float | None:
    costs = [(result.succeeded, usd(result)) for result in done]
    known = [(succeeded, cost) for succeeded, cost in costs if cost is not None]
    total = sum(cost for _, cost in known)
    if len(known) < len(costs) or total == 0:
        return None
    return sum(cost for succeeded, cost in known if not succeeded) / total


def _parts(usages: Mapping[str, Usage], took: Mapping[str, float], order: Sequence[str]) -> tuple[Part, ...]:
    names = [name for name in order if name in usages or name in took]
    names += sorted((usages.keys() | took.keys()) - set(names))
    amounts = {name: (u.input_tokens + u.output_tokens, u.cost_usd) for name, u in usages.items()}
    all_tokens = sum(amount for amount, _ in amounts.values())
    costs = [cost for _, cost in amounts.values()]
    all_usd = sum(cost for cost in costs if cost is not None) if None not in costs else None
    all_seconds = sum(took.values())
    return tuple(
        Part(
            name=name,
            tokens=(amount := amounts.get(name, (0, 0.0)))[0],
            usd=amount[1],
            seconds=took.get(name),
            of_tokens=_share(amount[0], all_tokens),
            of_usd=_share(amount[1], all_usd),
            of_seconds=_share(took.get(name), all_seconds),
        )
        for name in names
    )


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _summed(parts: Iterable[Mapping[str, Usage]]) -> dict[str, Usage]:
    total: dict[str, Usage] = {}
    for part in parts:
        for name, usage in part.items():
            total[name] = total.get(name, Usage()) + usage
    return total


def _seconds(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, took in part.items():
            total[name] = total.get(name, 0.0) + took
    return total


def _misses(done: Sequence[Result]) -> Counts:
    total: dict[str, Counter[str]] = {}
    for result in done:
        for kind, roles in result.misses.items():
            total.setdefault(kind, Counter()).update(roles)
    return {kind: dict(sorted(total[kind].items())) for kind in sorted(total)}


def _counted(names: Iterable[str]) -> dict[str, int]:
    """The most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


# --- what is to be known before ---------------------------------------------------------------------------------------


def _warnings(found: Sequence[Result], lineups: Sequence[str], left_out: Sequence[int]) -> list[str]:
    done = [result for result in found if not result.error]
    tasks = len({result.cell.task for result in done})
    said = list[str]()
    if tasks < FEW:
        said.append(
            f"Only {counted(tasks, 'task')}: below {FEW} no interval and no comparison is to be relied on, "
            "whatever the number of repeats."
        )
    elif small := [family for family in _families(done) if _tasks(done, family) < FEW]:
        said.append(
            f"Fewer than {FEW} tasks of {', '.join(small)}: what is said of these families is not to be relied on."
        )
    if broken := len(found) - len(done):
        said.append(f"{counted(broken, 'cell')} could not be done: neither successes nor failures, and in no rate.")
    if any(left_out):
        said.append(
            "The line-ups were not done on the same cells: rates are over what each has, differences over what both "
            "have."
        )
    for name in lineups:
        unknown = sum(result.usage.cost_usd is None for result in done if result.cell.lineup == name)
        if unknown:
            said.append(f"The cost of {counted(unknown, 'cell')} of {name} is not known, and so not what it costs.")
    if len({result.cell.terms for result in found}) > 1:
        said.append("Not all runs had the same limits and settings.")
    return said

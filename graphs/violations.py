"""How often what a line-up wrote broke the conventions that it was held to: counted per run, added up per line-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..checks import Conventions
from ..state.records import CheckReport, Outcome, RunRecord


@dataclass
class Kept:
    """How one line-up kept to one pack."""

    lineup: str
    pack: str
    runs: int = 0
    clean: int = 0
    """Runs that never broke it."""
    rules: Counter[str] = field(default_factory=Counter[str])
    """How often each rule was broken."""


def violations_in(reports: Iterable[CheckReport], before: Iterable[str]) -> dict[str, int]:
    """How often each rule was broken in the versions that `reports` judge, each place once.

    `before`: signatures of what was there before the run.
    """
    found = {f.signature: f for report in reports for f in report.findings if f.check == Conventions.name}
    broken = Counter(finding.rule or "" for signature, finding in found.items() if signature not in set(before))
    return dict(sorted(broken.items()))


def by_lineup(runs: Iterable[tuple[RunRecord, Outcome]]) -> list[Kept]:
    """What the `runs` that were held to a pack amount to, sorted by line-up and pack."""
    kept: dict[tuple[str, str], Kept] = {}
    for record, outcome in runs:
        if outcome.pack:
            key = record.lineup.name, outcome.pack
            entry = kept.setdefault(key, Kept(*key))
            entry.runs += 1
            entry.clean += not outcome.violations
            entry.rules.update(outcome.violations)
    return [kept[key] for key in sorted(kept)]


def told(kept: Kept) -> Mapping[str, object]:
    """`kept` for programs."""
    rules = dict(sorted(kept.rules.items()))
    return {"lineup": kept.lineup, "pack": kept.pack, "runs": kept.runs, "clean": kept.clean, "violations": rules}

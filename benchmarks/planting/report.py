"""What is shown of the corpus, and the goals that it is held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from saving.judging import table

from slipway.state.records import Finding
from slipway.state.text import visible

from .trying import Tried


@dataclass(frozen=True)
class Share:
    """How many of some projects hold: all must."""

    name: str
    held_by: int
    of: int

    @property
    def held(self) -> bool:
        """Whether all do, and there are any."""
        return 0 < self.of == self.held_by

    def shown(self) -> tuple[str, str, str, str]:
        """Name, value, goal, verdict."""
        return self.name, f"{self.held_by}/{self.of}", "all", "held" if self.held else "missed"


def shares(tried: Sequence[Tried]) -> list[Share]:
    """The goals."""
    defects = [each for each in tried if each.project.defect]
    clean = [each for each in tried if not each.project.defect]
    return [
        Share("defects-blocked", sum(each.blocked for each in defects), len(defects)),
        Share("right-file", sum(each.named for each in defects), len(defects)),
        *(_of_kind(kind, defects) for kind in ("security", "browser")),
        Share("clean-projects", sum(each.holds for each in clean), len(clean)),
    ]


def _of_kind(kind: str, defects: Sequence[Tried]) -> Share:
    some = [each for each in defects if each.project.defect and each.project.defect.kind == kind]
    return Share(kind, sum(each.holds for each in some), len(some))


def by_pack(tried: Sequence[Tried]) -> str:
    """How many hold of each pack."""
    rows: list[tuple[str, ...]] = []
    for pack in sorted({each.project.pack for each in tried}):
        of_pack = [each for each in tried if each.project.pack == pack]
        defects, clean = [[e for e in of_pack if bool(e.project.defect) is bad] for bad in (True, False)]
        seconds = sum(result.seconds for each in of_pack for result in each.report.results)
        rows.append((pack, _share(defects), _share(clean), f"{seconds / len(of_pack):.1f}"))
    return table(("pack", "defects", "clean", "s in checks, each"), rows)


def by_check(tried: Sequence[Tried]) -> str:
    """What the defects owe to each check."""
    seen = [{f.check for f in each.found} for each in tried if each.project.defect]
    rows = [
        (name, sum(name in each for each in seen), sum(each == {name} for each in seen))
        for name in dict.fromkeys(result.check for each in tried for result in each.report.results)
    ]
    return table(("check", "blocks defects", "alone"), rows)


def _share(some: Sequence[Tried]) -> str:
    return f"{sum(each.holds for each in some)}/{len(some)}"


def complaints(tried: Tried) -> Iterator[str]:
    """A line for everything that does not hold about a project, and for each of its checks that could not run."""
    project, defect = tried.project, tried.project.defect
    if not tried.report.results:
        yield f"{project.id}: not judged, for there is no pack {project.pack!r}"
        return
    for result in tried.not_run:
        yield f"{project.id}: {result.check} could not run: {visible(result.reason)[:300]}"
    if defect and not tried.blocked:
        yield f"{project.id}: not blocked; {defect.check} should find in {defect.file}: {defect.why}"
    elif defect and not tried.named:
        yield f"{project.id}: blocked, and {defect.file} not named; {_first(tried)}"
    elif not defect:
        yield from (f"{project.id}: false alarm: {_told(each)}" for each in tried.found)


def _first(tried: Tried) -> str:
    return "; ".join(_told(each) for each in tried.found[:3])


def _told(finding: Finding) -> str:
    return f"{finding.check}: " + " ".join(filter(None, (finding.place, finding.rule, finding.message)))

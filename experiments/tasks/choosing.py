"""Which of the faults that could be bugs become bugs: those that differ in file, kind and failing tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...config.task import Bug
from .faults import Candidate
from .trying import Trial, together, with_fault

_MOST, _MOST_IN_A_FILE = 12, 4
"""Bugs of one request, those by hand counted."""
_APART = 2
"""Lines between two bugs, so that what stands around one is not changed by another."""


@dataclass(frozen=True)
class Shown:
    """A candidate whose texts are shown by tests that can be seen."""

    candidate: Candidate
    texts: tuple[str, ...]
    fails: tuple[str, ...]
    """Of the first text."""
    effect: str


@dataclass
class Choice:
    """Takes candidates one after the other, so that bugs differ in file, kind and failing tests."""

    trial: Trial
    by_hand: Sequence[Bug]
    taken: set[str]
    """Names that bugs of the task have."""
    bugs: list[Bug] = field(default_factory=list[Bug])

    async def made(self, shown: Sequence[Shown]) -> list[Bug]:
        """At most as many bugs as there may be, none of which the hidden check accepts."""
        left = [each for each in shown if self.fits(each.candidate)]
        while left and len(self._all) < _MOST and (found := self._next(left)):
            left.remove(found)
            if texts := await self._refused(found):
                self.bugs.append(self._bug(found, texts))
                left = [each for each in left if self.fits(each.candidate)]
        return sorted(self.bugs, key=lambda bug: (bug.file, self._lines(bug)[0]))

    @property
    def _all(self) -> list[Bug]:
        return [*self.by_hand, *self.bugs]

    def _next(self, left: Sequence[Shown]) -> Shown | None:
        effects = Counter(bug.effect for bug in self._all)
        total = effects.total()
        wanted = "crash" if 5 * effects["crash"] + 4 <= total else "wrong"
        if not any(each.effect == wanted for each in left):
            if wanted == "wrong" and effects["crash"] and 5 * (effects["crash"] + 1) > total + 2:
                return None
            wanted = "wrong" if wanted == "crash" else "crash"
        sets = {frozenset(bug.fails) for bug in self._all}
        files, kinds = (Counter(getattr(bug, name) for bug in self._all) for name in ("file", "kind"))
        of_effect = [each for each in left if each.effect == wanted]
        return min(
            of_effect,
            key=lambda each: (
                frozenset(each.fails) in sets, files[each.candidate.file], kinds[each.candidate.kind], len(each.fails),
            ),
        )  # fmt: skip

    async def _refused(self, shown: Shown) -> tuple[str, ...]:
        """Three texts, the first one first, none of which is accepted; none where there are no three."""
        each = shown.candidate
        after = self.trial.after
        tried = await together(self.trial.accepted(with_fault(after, each, text)) for text in shown.texts)
        wrong = tuple(text for text, result in zip(shown.texts, tried, strict=True) if not result.ok)
        return wrong[:3] if len(wrong) > 2 and wrong[0] == shown.texts[0] else ()

    def _bug(self, shown: Shown, texts: Sequence[str]) -> Bug:
        each = shown.candidate
        return Bug.model_validate({
            "id": self._name(each), "kind": each.kind, "effect": shown.effect, "file": each.file, "old": each.old,
            "new": texts[0], "others": texts[1:], "fails": shown.fails,
        })  # fmt: skip

    def _name(self, candidate: Candidate) -> str:
        stem = candidate.file.removesuffix(".py").rpartition("/")[2]
        words = re.sub(r"[^a-z0-9]+", "-", f"{candidate.kind}-{stem}-{candidate.function}".lower()).strip("-")
        number = 1
        while (name := words if number == 1 else f"{words}-{number}") in self.taken:
            number += 1
        self.taken.add(name)
        return name

    # Several bugs are put into one file at the same time.

    def fits(self, candidate: Candidate) -> bool:
        """Whether a candidate can be put in beside the bugs that there are."""
        others = [bug for bug in self._all if bug.file == candidate.file]
        return len(others) < _MOST_IN_A_FILE and all(self._apart(candidate, bug) for bug in others)

    def _apart(self, candidate: Candidate, bug: Bug) -> bool:
        first, last = self._lines(bug)
        if candidate.first < last + _APART and first < candidate.last + _APART:
            return False
        source = self.trial.after[bug.file].decode()
        ours = all(source.replace(candidate.old, text).count(bug.old) == 1 for text in candidate.texts)
        return ours and all(source.replace(bug.old, t).count(candidate.old) == 1 for t in (bug.new, *bug.others))

    def _lines(self, bug: Bug) -> tuple[int, int]:
        source = self.trial.after[bug.file].decode()
        first = source[: source.index(bug.old)].count("\n")
        return first, first + bug.old.count("\n")

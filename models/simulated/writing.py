"""What the simulated developer writes: the reference, with what it gets wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...config.task import Bug
from .chance import draw
from .known import Known
from .odds import chance
from .options import Options
from .scene import Test


@dataclass
class Written:
    """A file as it is written."""

    text: str
    misses: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """What had to be known and was not shown: kind and bug."""


def write_code(known: Known, path: str, options: Options) -> Written:
    """A file of the program: with the bugs that the seed chose, and with those of what is not known.

    What was seen to fail before is written right as a repair would be.
    """
    scene = known.scene
    made = Written(scene.text(path))
    chosen = {bug.id for bug in scene.chosen(options.seed, options.bugs)}
    for spot in scene.spots.values():
        bug = spot.bug
        if bug.file != path:
            continue
        miss = missing_to_write(known, bug)
        if miss:
            made.misses.append((miss, bug.id))
        if (miss or bug.id in chosen) and not _avoided(known, bug, options):
            made.text = made.text.replace(bug.old, bug.new, 1)
    return made


def missing_to_write(known: Known, bug: Bug) -> str:
    """What whoever writes the place of `bug` has to be told, and is not; empty where nothing lacks."""
    if bug.kind == "omission":
        return "" if known.requirement(bug.requirement) else "requirement"
    if bug.kind == "signature":
        return "" if known.interface(bug) else "interface"
    return ""


def _avoided(known: Known, bug: Bug, options: Options) -> bool:
    seen = [known.failures[name] for name in names_of(bug) if name in known.failures]
    if not any(failure.error for failure in seen):
        return False
    return draw(options.seed, "anew", known.scene.task.id, known.scene.number, bug.id) < chance(bug, options)


def names_of(bug: Bug) -> list[str]:
    """The names of the tests that fail of `bug`."""
    return [test.rpartition("::")[2].partition("[")[0] for test in bug.fails]


def write_tests(known: Known, path: str, options: Options) -> Written:
    """A test file: without tests of what is not known, and without those that would notice a bug that was taken over.

    Whoever sees wrong code while writing tests takes it for right with probability `bias`; of each criterion that is
    known one test is left, though.
    """
    scene = known.scene
    tests = [test for test in scene.known_tests.values() if test.file == path]
    unknown = [test for test in tests if not _is_known(known, test)]
    blind = {name for bug in _taken_over(known, options) for name in names_of(bug)}
    left_out = list(unknown)
    for test in tests:
        others = [one for one in tests if one.criterion == test.criterion and one not in left_out and one != test]
        if test.name in blind and test not in left_out and others:
            left_out.append(test)
    made = Written(_without(scene.text(path), left_out))
    made.misses += [("requirement", test.name) for test in unknown]
    return made


def _is_known(known: Known, test: Test) -> bool:
    requirement = known.scene.requirement_of.get(test.criterion, "")
    return requirement not in known.scene.requirements or known.requirement(requirement)


def _taken_over(known: Known, options: Options) -> list[Bug]:
    wrong = [known.scene.spots[name].bug for name, seen in known.sightings.items() if seen.variant > 0]
    about = known.scene.task.id, known.scene.number
    return [bug for bug in wrong if draw(options.seed, "bias", *about, bug.id) < options.bias]


def _without(text: str, tests: list[Test]) -> str:
    dropped = {number for test in tests for number in range(test.first, test.last + 1)}
    kept = [line for number, line in enumerate(text.splitlines(), 1) if number not in dropped]
    return "\n".join(kept).rstrip() + "\n"

"""How much of a lot sprouts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Trial:
    """Seeds of the lot `code` that were sown on a day, and how many sprouted."""

    code: str
    day: date
    sown: int
    sprouted: int


FEWEST = 20
NEWEST = 3


def counted(trials: Iterable[Trial], code: str) -> list[Trial]:
    """The trials of the lot `code` that count, newest first."""
    known = [trial for trial in trials if trial.code == code and trial.sown >= FEWEST]
    return sorted(known, key=lambda trial: trial.day, reverse=True)[:NEWEST]


def germination(trials: Iterable[Trial], code: str) -> int | None:
    """The percentage that sprouted in the newest trials together, rounded half up; None without one."""
    known = counted(trials, code)
    if not known:
        return None
    sown = sum(trial.sown for trial in known)
    sprouted = sum(trial.sprouted for trial in known)
    return (200 * sprouted + sown) // (2 * sown)

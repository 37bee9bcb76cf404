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


def germination(trials: Iterable[Trial], code: str) -> int | None:
    """The percentage that sprouted in the newest trial; None without one."""
    known = sorted((trial for trial in trials if trial.code == code), key=lambda trial: trial.day)
    return known[-1].sprouted * 100 // known[-1].sown if known else None

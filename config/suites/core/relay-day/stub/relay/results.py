"""The results of all races, as they are written down."""

from dataclasses import dataclass

LONGEST_PENALTY = 60


@dataclass(frozen=True)
class Result:
    """What became of a team in a race."""

    race: str
    team: str
    outcome: str
    """`time`, `dnf` or `dq`."""
    time: int
    """Hundredths, with the penalty; 0 without a time."""


def parse_results(text: str) -> list[Result]:
    """The results in their order. ValueError names the line that is wrong."""
    raise NotImplementedError

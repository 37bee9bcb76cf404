"""The results of all races, as they are written down."""

from dataclasses import dataclass

from relay.times import parse_time

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
    results: list[Result] = []
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            result = _result([part.strip() for part in line.split(",")])
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        if (result.race, result.team) in seen:
            raise ValueError(f"line {number}: {result.team} is in {result.race} twice")
        seen.add((result.race, result.team))
        results.append(result)
    return results


def _result(parts: list[str]) -> Result:
    if len(parts) not in (3, 4) or not parts[0] or not parts[1]:
        raise ValueError("write RACE,TEAM,TIME or RACE,TEAM,TIME,PENALTY")
    race, team, outcome = parts[:3]
    if outcome in ("dnf", "dq"):
        if len(parts) == 4:
            raise ValueError(f"{outcome} has no penalty")
        return Result(race, team, outcome, 0)
    return Result(race, team, "time", parse_time(outcome) + _penalty(parts[3:]) * 100)


def _penalty(parts: list[str]) -> int:
    if not parts:
        return 0
    if not parts[0].isdecimal() or not 1 <= int(parts[0]) <= LONGEST_PENALTY:
        raise ValueError(f"a penalty is 1 to {LONGEST_PENALTY} seconds")
    return int(parts[0])

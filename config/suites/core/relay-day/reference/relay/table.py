"""The table of the day."""

from collections import Counter

from relay.points import race_points, winners
from relay.results import Result


def table(results: list[Result]) -> list[str]:
    """The lines of the table: the ranked teams, then the others."""
    races: dict[str, list[Result]] = {}
    for result in results:
        races.setdefault(result.race, []).append(result)
    points: Counter[str] = Counter()
    wins: Counter[str] = Counter()
    for race in races.values():
        for team, tenths in race_points(race).items():
            points[team] += tenths
        wins.update(winners(race))
    entries = Counter(result.team for result in results)
    ranked = [team for team in entries if entries[team] * 2 >= len(races)]
    ranked.sort(key=lambda team: (-points[team], -wins[team], team))
    lines = [f"{place}. {team} {_decimal(points[team])}" for place, team in enumerate(ranked, 1)]
    return lines + [f"-. {team} {_decimal(points[team])}" for team in sorted(entries) if team not in ranked]


def _decimal(tenths: int) -> str:
    sign = "-" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}"

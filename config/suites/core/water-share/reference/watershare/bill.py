"""Who pays what."""

import re

from watershare.flats import Flat
from watershare.sharing import share

_AMOUNT = re.compile(r"([0-9]+)\.([0-9]{2})")
BY_PEOPLE = 30
MUCH = 2


def parse_amount(text: str) -> int:
    """The cents of an amount such as "812.40". ValueError if it is none."""
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no amount such as 812.40")
    return int(match[1]) * 100 + int(match[2])


def bill(flats: list[Flat], cents: int) -> list[str]:
    """A line for each flat, and the total."""
    people = [flat.people for flat in flats]
    used = [flat.used for flat in flats]
    fixed = (cents * BY_PEOPLE + 50) // 100
    rest = cents - fixed
    by_people = share(fixed, people)
    by_use = share(rest, used if sum(used) > 0 else people)
    lines = []
    for flat, first, second in zip(flats, by_people, by_use, strict=True):
        mark = " !" if _much(flat, sum(used), sum(people)) else ""
        lines.append(f"{flat.name} {_volume(flat.used)} m3 {_amount(first + second)}{mark}")
    lines.append(f"total {_volume(sum(used))} m3 {_amount(cents)}")
    return lines


def _much(flat: Flat, used: int, people: int) -> bool:
    return not flat.broken and flat.used * people > MUCH * used * flat.people


def _volume(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"

"""Flats, and what their meters say."""

import re
from dataclasses import dataclass

_READING = re.compile(r"([0-9]{1,4})\.([0-9])")
AROUND = 100_000
"""Tenths after which a meter begins again."""
ESTIMATE = 36
"""Tenths for each person where a meter is broken."""


@dataclass(frozen=True)
class Flat:
    """A flat and the water that it used."""

    name: str
    people: int
    used: int
    """Tenths of a cubic metre."""
    broken: bool = False


def parse_flats(text: str) -> list[Flat]:
    """The flats in their order. ValueError names the line that is wrong, or says that there is none."""
    flats: dict[str, Flat] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            flat = _flat(line.split())
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        if flat.name in flats:
            raise ValueError(f"line {number}: {flat.name} is there twice")
        flats[flat.name] = flat
    if not flats:
        raise ValueError("there is no flat")
    return list(flats.values())


def _flat(words: list[str]) -> Flat:
    if len(words) != 4 or not words[1].isdecimal() or int(words[1]) < 1:
        raise ValueError("write NAME PEOPLE BEFORE AFTER")
    name, people, before = words[0], int(words[1]), _reading(words[2])
    if words[3] == "-":
        return Flat(name, people, ESTIMATE * people, broken=True)
    return Flat(name, people, (_reading(words[3]) - before) % AROUND)


def _reading(text: str) -> int:
    match = _READING.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no reading such as 120.4")
    return int(match[1]) * 10 + int(match[2])

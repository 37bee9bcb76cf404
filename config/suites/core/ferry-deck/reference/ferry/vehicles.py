"""The list of vehicles, as the mate types it."""

from dataclasses import dataclass

KINDS = ("bike", "car", "van", "truck")


@dataclass(frozen=True)
class Vehicle:
    """A vehicle that wants to cross."""

    plate: str
    kind: str
    length: int
    """Centimetres."""
    people: int
    """With the driver."""


def parse_vehicles(text: str) -> list[Vehicle]:
    """The vehicles in their order. ValueError names the line that is wrong, or the plate that is there twice."""
    vehicles: list[Vehicle] = []
    plates: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        vehicle = _vehicle(line.split(), number)
        if vehicle.plate in plates:
            raise ValueError(f"{vehicle.plate} is on the list twice")
        plates.add(vehicle.plate)
        vehicles.append(vehicle)
    return vehicles


def _vehicle(words: list[str], number: int) -> Vehicle:
    if len(words) != 4 or words[1] not in KINDS:
        raise ValueError(f"line {number}: write PLATE KIND LENGTH PEOPLE, KIND one of {', '.join(KINDS)}")
    if not words[2].isdecimal() or not 100 <= int(words[2]) <= 1800:
        raise ValueError(f"line {number}: a length is from 100 to 1800 cm")
    if not words[3].isdecimal() or not 1 <= int(words[3]) <= 9:
        raise ValueError(f"line {number}: there are 1 to 9 people")
    return Vehicle(words[0].upper(), words[1], int(words[2]), int(words[3]))

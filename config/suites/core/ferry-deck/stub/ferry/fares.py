"""What a crossing costs."""

FARES = {"bike": 400, "car": 1850, "van": 2700, "truck": 6100}

PERSON = 650

LONG = 550

GROUP = 5


def fare_cents(kind: str, length: int, people: int) -> int:
    """The cents that a vehicle pays with all who are in it."""
    raise NotImplementedError

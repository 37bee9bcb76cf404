"""What lies where."""

from collections.abc import Iterable

from lockers.boxes import SIZES, Box, holds
from lockers.fees import fee_cents, is_late


class Wall:
    """Boxes, and the parcels in them."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        """Begin with empty boxes."""
        self._free = list(boxes)
        self._lying: dict[str, tuple[Box, int]] = {}

    def put(self, parcel: str, day: int, size: str = "M") -> int:
        """Put it into the smallest box that holds it, and return the box's number."""
        if parcel in self._lying:
            raise ValueError(f"{parcel} is here already")
        fitting = [box for box in self._free if holds(box, size)]
        if not fitting:
            raise ValueError(f"no box for {parcel}")
        box = min(fitting, key=lambda box: (SIZES.index(box.size), box.number))
        self._free.remove(box)
        self._lying[parcel] = (box, day)
        return box.number

    def take(self, parcel: str, day: int) -> int:
        """Take it out and return the fee in cents."""
        if parcel not in self._lying:
            raise ValueError(f"no parcel {parcel}")
        box, since = self._lying.pop(parcel)
        self._free.append(box)
        return fee_cents(box.size, day - since)

    def send_back(self, day: int) -> list[str]:
        """Take out what has waited too long, and return it, the longest first."""
        late = sorted((since, parcel) for parcel, (_, since) in self._lying.items() if is_late(day - since))
        for _, parcel in late:
            self.take(parcel, day)
        return [parcel for _, parcel in late]

    def lying(self) -> list[tuple[str, Box, int]]:
        """Parcel, box and day, by the box's number."""
        found = [(parcel, box, day) for parcel, (box, day) in self._lying.items()]
        return sorted(found, key=lambda each: each[1].number)

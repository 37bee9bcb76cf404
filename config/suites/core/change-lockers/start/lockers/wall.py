"""What lies where."""

from collections.abc import Iterable

from lockers.boxes import Box


class Wall:
    """Boxes, and the parcels in them."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        """Begin with empty boxes."""
        self._free = list(boxes)
        self._lying: dict[str, tuple[Box, int]] = {}

    def put(self, parcel: str, day: int) -> int:
        """Put it into a box and return the box's number."""
        if not self._free:
            raise ValueError(f"no box for {parcel}")
        box = self._free.pop(0)
        self._lying[parcel] = (box, day)
        return box.number

    def take(self, parcel: str, day: int) -> int:
        """Take it out and return how many days it was there."""
        if parcel not in self._lying:
            raise ValueError(f"no parcel {parcel}")
        box, since = self._lying.pop(parcel)
        self._free.append(box)
        return day - since

    def lying(self) -> list[tuple[str, Box, int]]:
        """Parcel, box and day, by the box's number."""
        found = [(parcel, box, day) for parcel, (box, day) in self._lying.items()]
        return sorted(found, key=lambda each: each[1].number)

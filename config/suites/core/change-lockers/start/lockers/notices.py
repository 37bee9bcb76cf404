"""What recipients are told."""

from lockers.wall import Wall


def notices(wall: Wall, day: int) -> list[str]:
    """A line for each parcel."""
    return [f"{parcel}: box {box.number}, {day - since} days" for parcel, box, since in wall.lying()]

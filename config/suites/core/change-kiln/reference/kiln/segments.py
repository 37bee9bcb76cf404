"""One step of a schedule."""

from dataclasses import dataclass

HOTTEST = 1300


@dataclass(frozen=True)
class Segment:
    """Heat or cool at `rate` degrees an hour to `target`, and stay there for `hold` minutes."""

    rate: int
    target: int
    hold: int = 0

    def __post_init__(self) -> None:
        """Refuse what no kiln can do."""
        if self.rate < 1:
            raise ValueError("a segment needs a rate of at least 1")
        if self.target > HOTTEST:
            raise ValueError(f"{self.target} is too hot")
        if self.hold < 0:
            raise ValueError("a hold cannot be negative")


def ramp_minutes(segment: Segment, before: int) -> int:
    """Minutes from `before` degrees to the target, rounded up."""
    return -(-abs(segment.target - before) * 60 // segment.rate)


def direction(segment: Segment, before: int) -> str:
    """Whether it goes `up`, goes `down`, or is to `stay`."""
    if segment.target > before:
        return "up"
    return "down" if segment.target < before else "stay"

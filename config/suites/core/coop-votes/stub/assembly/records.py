"""Members and votes, as the clerk writes them down."""

from dataclasses import dataclass

WORDS = ("yes", "no", "abstain")


@dataclass(frozen=True)
class Assembly:
    """Who may vote, and how they did."""

    shares: dict[str, int]
    """By the member's name."""
    votes: dict[str, dict[str, str]]
    """By the motion and by the member's name."""


def parse_records(text: str) -> Assembly:
    """All that was written down. ValueError names the line that is wrong."""
    raise NotImplementedError

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
    assembly = Assembly({}, {})
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            _record(line.split(), assembly)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    return assembly


def _record(words: list[str], assembly: Assembly) -> None:
    match words:
        case ["member", name, shares] if shares.isdecimal() and int(shares) > 0:
            if name in assembly.shares:
                raise ValueError(f"{name} was told before")
            assembly.shares[name] = int(shares)
        case ["vote", motion, name, word] if word in WORDS:
            if name not in assembly.shares:
                raise ValueError(f"{name} is no member")
            assembly.votes.setdefault(motion, {})[name] = word
        case _:
            raise ValueError("write member NAME SHARES or vote MOTION NAME WORD")

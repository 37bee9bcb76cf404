"""How motions end."""

from dataclasses import dataclass

from assembly.records import Assembly

SHARES = 10
MOST = 5
RULES = "rule-"


@dataclass(frozen=True)
class Tally:
    """The votes that were cast on a motion."""

    yes: int
    no: int
    abstained: int


def votes_of(shares: int) -> int:
    """The votes that a member with so many shares has."""
    raise NotImplementedError


def all_votes(assembly: Assembly) -> int:
    """The votes of all members together."""
    raise NotImplementedError


def tally(assembly: Assembly, motion: str) -> Tally:
    """The votes that were cast on a motion."""
    raise NotImplementedError


def outcome(motion: str, cast: Tally, everybody: int) -> str:
    """`no quorum`, `accepted` or `rejected`; `everybody`: the votes of all members."""
    raise NotImplementedError

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
    return min(-(-shares // SHARES), MOST)


def all_votes(assembly: Assembly) -> int:
    """The votes of all members together."""
    return sum(votes_of(shares) for shares in assembly.shares.values())


def tally(assembly: Assembly, motion: str) -> Tally:
    """The votes that were cast on a motion."""
    counts = {"yes": 0, "no": 0, "abstain": 0}
    for name, word in assembly.votes[motion].items():
        counts[word] += votes_of(assembly.shares[name])
    return Tally(counts["yes"], counts["no"], counts["abstain"])


def outcome(motion: str, cast: Tally, everybody: int) -> str:
    """`no quorum`, `accepted` or `rejected`; `everybody`: the votes of all members."""
    if 2 * (cast.yes + cast.no + cast.abstained) < everybody:
        return "no quorum"
    compared = cast.yes + cast.no
    if motion.startswith(RULES):
        enough = 3 * cast.yes >= 2 * compared
    else:
        enough = 2 * cast.yes > compared
    return "accepted" if enough and cast.yes else "rejected"

"""The same promises, with another assembly."""

import pytest

from assembly.minutes import minutes
from assembly.motions import Tally, all_votes, outcome, tally, votes_of
from assembly.records import parse_records

RECORDS = """
member kim 45
member lou 4
vote bikes kim abstain
member max 30

vote bikes max yes
vote bikes lou no
vote rule-pets max yes
vote rule-pets kim no
vote rule-pets kim yes
vote rule-pets lou no
vote paint max yes
"""


def test_c1_an_assembly() -> None:
    assembly = parse_records(RECORDS)
    assert assembly.shares == {"kim": 45, "lou": 4, "max": 30}
    assert list(assembly.votes) == ["bikes", "rule-pets", "paint"]
    assert assembly.votes["bikes"] == {"kim": "abstain", "max": "yes", "lou": "no"}


def test_c2_refusals() -> None:
    for line in ("member max 1", "member new 00", "vote bikes new no", "vote bikes max YES", "votes bikes max no"):
        with pytest.raises(ValueError, match="line 15"):
            parse_records(f"{RECORDS}\n{line}")


def test_c3_kim_thought_again() -> None:
    assembly = parse_records(RECORDS)
    assert assembly.votes["rule-pets"]["kim"] == "yes"
    assert tally(assembly, "rule-pets") == Tally(8, 1, 0)


def test_c4_nine_votes() -> None:
    assembly = parse_records(RECORDS)
    assert [votes_of(shares) for shares in assembly.shares.values()] == [5, 1, 3]
    assert all_votes(assembly) == 9
    assert tally(assembly, "bikes") == Tally(3, 1, 5)


def test_c5_quorums() -> None:
    assert [outcome("paint", Tally(3, 0, more), 9) for more in (0, 1, 2)] == ["no quorum", "no quorum", "accepted"]
    assert outcome("paint", Tally(0, 4, 0), 8) == "rejected"


def test_c6_majorities() -> None:
    tallies = [Tally(4, 2, 0), Tally(3, 2, 1), Tally(2, 2, 2), Tally(1, 0, 5), Tally(0, 0, 6)]
    assert [outcome("paint", each, 6) for each in tallies] == ["accepted", "accepted", "rejected", "accepted", "rejected"]
    assert [outcome("rule-x", each, 6) for each in tallies] == ["accepted", "rejected", "rejected", "accepted", "rejected"]


def test_c7_three_motions() -> None:
    assert minutes(RECORDS).splitlines() == [
        "bikes: 3 yes, 1 no, 5 abstained, accepted",
        "rule-pets: 8 yes, 1 no, 0 abstained, accepted",
        "paint: 3 yes, 0 no, 0 abstained, no quorum",
        "2 of 3 accepted",
    ]

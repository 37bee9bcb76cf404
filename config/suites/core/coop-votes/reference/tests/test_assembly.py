"""Records, motions and minutes."""

import pytest

from assembly.minutes import minutes
from assembly.motions import Tally, all_votes, outcome, tally, votes_of
from assembly.records import Assembly, parse_records

MEMBERS = "member ada 10\nmember bo 11\nmember cy 200\n"


def test_c1_members_and_votes_are_read() -> None:
    text = f"{MEMBERS}\n  vote   roof bo  yes \nvote roof ada abstain\nvote rule-1 cy no\n"
    assert parse_records(text) == Assembly(
        {"ada": 10, "bo": 11, "cy": 200},
        {"roof": {"bo": "yes", "ada": "abstain"}, "rule-1": {"cy": "no"}},
    )
    assert parse_records("\n") == Assembly({}, {})


def test_c1_the_smallest_share() -> None:
    assert parse_records("member di 1").shares == {"di": 1}


@pytest.mark.parametrize(
    "line",
    ["member di", "member di 0", "member di -1", "member di 1.5", "member di x", "member ada 10", "member di 1 2"]
    + ["vote roof ada", "vote roof ada maybe", "vote roof di yes", "vote roof ada yes no", "Vote roof ada yes", "hello"],
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 5"):
        parse_records(f"{MEMBERS}\n{line}\nmember late 3")


def test_c2_a_member_comes_before_their_vote() -> None:
    with pytest.raises(ValueError, match="line 1"):
        parse_records("vote roof di yes\nmember di 5")


def test_c3_the_later_vote_counts() -> None:
    assembly = parse_records(f"{MEMBERS}vote roof ada yes\nvote roof bo yes\nvote roof ada no\nvote shed ada abstain")
    assert assembly.votes == {"roof": {"ada": "no", "bo": "yes"}, "shed": {"ada": "abstain"}}
    assert tally(assembly, "roof") == Tally(2, 1, 0)


def test_c4_votes_follow_shares() -> None:
    assert [votes_of(shares) for shares in (1, 9, 10, 11, 20, 21, 40, 41, 50, 51, 1000)] == [1, 1, 1, 2, 2, 3, 4, 5, 5, 5, 5]
    assert all_votes(parse_records(MEMBERS)) == 8
    assert all_votes(Assembly({}, {})) == 0


def test_c4_a_tally_adds_votes() -> None:
    assembly = parse_records(f"{MEMBERS}member di 25\nvote roof ada yes\nvote roof bo abstain\nvote roof cy no\nvote roof di yes")
    assert tally(assembly, "roof") == Tally(4, 5, 2)


def test_c5_half_of_the_votes_are_a_quorum() -> None:
    assert outcome("roof", Tally(3, 1, 0), 8) == "accepted"
    assert outcome("roof", Tally(3, 1, 0), 9) == "no quorum"
    assert outcome("roof", Tally(2, 1, 1), 8) == "accepted"
    assert outcome("roof", Tally(1, 2, 1), 9) == "no quorum"
    assert outcome("rule-1", Tally(2, 0, 2), 9) == "no quorum"


def test_c6_more_than_half_is_needed() -> None:
    assert [outcome("roof", Tally(yes, 4, 0), 9) for yes in (3, 4, 5)] == ["rejected", "rejected", "accepted"]
    assert outcome("my-rule-1", Tally(5, 4, 0), 9) == "accepted"


def test_c6_rules_need_two_thirds() -> None:
    assert [outcome("rule-1", Tally(yes, 3, 0), 10) for yes in (5, 6, 7)] == ["rejected", "accepted", "accepted"]


def test_c6_abstentions_do_not_count() -> None:
    assert outcome("roof", Tally(2, 1, 7), 10) == "accepted"
    assert outcome("roof", Tally(1, 1, 7), 10) == "rejected"
    assert outcome("rule-1", Tally(2, 1, 7), 10) == "accepted"
    assert outcome("rule-1", Tally(3, 2, 5), 10) == "rejected"


def test_c6_without_a_yes_nothing_is_accepted() -> None:
    assert outcome("rule-1", Tally(0, 0, 8), 8) == "rejected"
    assert outcome("roof", Tally(0, 0, 8), 8) == "rejected"


def test_c7_the_minutes() -> None:
    votes = "vote shed ada yes\nvote roof cy no\nvote roof ada yes\nvote rule-1 cy yes\nvote rule-1 bo no\nvote roof bo abstain\nvote shed ada no"
    assert minutes(f"{MEMBERS}{votes}") == (
        "shed: 0 yes, 1 no, 0 abstained, no quorum\n"
        "roof: 1 yes, 5 no, 2 abstained, rejected\n"
        "rule-1: 5 yes, 2 no, 0 abstained, accepted\n"
        "1 of 3 accepted"
    )


def test_c7_minutes_of_nothing() -> None:
    assert minutes(MEMBERS) == "0 of 0 accepted"

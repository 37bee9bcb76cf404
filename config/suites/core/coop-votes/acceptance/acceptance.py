"""What the chair of the assembly would try by hand."""

import sys


def refused(call, word: str) -> None:
    try:
        call()
    except ValueError as error:
        assert word in str(error), f"{word!r} is not in {error}"
        return
    raise AssertionError(f"no ValueError with {word!r}")


def same(found: object, wanted: object, what: str) -> None:
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def main() -> None:
    from assembly.minutes import minutes
    from assembly.motions import Tally, all_votes, outcome, tally, votes_of
    from assembly.records import Assembly, parse_records

    members = "member eva 61\nmember finn 20\n\nmember gus 3\n"
    text = members + "vote lift finn no\n  vote rule-quiet eva yes\nvote lift eva  abstain\nvote lift finn yes\n"
    found = parse_records(text)
    votes = {"lift": {"finn": "yes", "eva": "abstain"}, "rule-quiet": {"eva": "yes"}}
    same(found, Assembly({"eva": 61, "finn": 20, "gus": 3}, votes), "the records")
    same(parse_records("member one 1").shares, {"one": 1}, "a single share")
    same(parse_records(""), Assembly({}, {}), "no records")
    for line in ("member eva 3", "member x 0", "member x -4", "member x 2.0", "member x", "member x 1 1", "x", "vote lift eva", "vote lift x no",
                 "vote lift eva No", "vote lift eva none", "vote lift eva no no", "member x y"):
        refused(lambda line=line: parse_records(f"{members}\n\n{line}\nmember x 9"), "line 7")
    same([votes_of(shares) for shares in (1, 10, 11, 19, 20, 30, 31, 49, 50, 60, 500)], [1, 1, 2, 2, 2, 3, 4, 5, 5, 5, 5], "votes")
    same(all_votes(found), 8, "all votes")
    same([tally(found, motion) for motion in votes], [Tally(2, 0, 5), Tally(5, 0, 0)], "tallies")
    for motion, cast, everybody, wanted in (
        ("lift", (3, 2, 0), 10, "accepted"), ("lift", (3, 2, 0), 11, "no quorum"), ("lift", (1, 0, 4), 10, "accepted"),
        ("lift", (3, 3, 0), 8, "rejected"), ("lift", (4, 3, 1), 8, "accepted"), ("lift", (3, 4, 1), 8, "rejected"), ("lift", (0, 0, 9), 9, "rejected"),
        ("lift", (0, 0, 4), 9, "no quorum"), ("lift", (4, 3, 9), 20, "accepted"), ("no-rule-", (4, 3, 0), 9, "accepted"), ("rule", (4, 3, 0), 9, "accepted"),
        ("rule-quiet", (4, 2, 0), 6, "accepted"), ("rule-quiet", (4, 3, 0), 7, "rejected"), ("rule-quiet", (5, 2, 0), 7, "accepted"),
        ("rule-quiet", (4, 2, 5), 12, "accepted"), ("rule-quiet", (3, 2, 4), 12, "rejected"), ("rule-quiet", (0, 0, 6), 6, "rejected"),
        ("rule-quiet", (0, 5, 1), 6, "rejected"), ("rule-quiet", (2, 0, 0), 5, "no quorum"),
    ):
        same(outcome(motion, Tally(*cast), everybody), wanted, f"the outcome of {motion} with {cast} of {everybody}")
    same(minutes(text), "lift: 2 yes, 0 no, 5 abstained, accepted\nrule-quiet: 5 yes, 0 no, 0 abstained, accepted\n2 of 2 accepted", "the minutes")
    text += "vote rule-quiet gus no\nvote rule-quiet finn no\nvote lift gus no\nvote garden gus yes\nvote rule-quiet gus abstain\nvote lift gus abstain\n"
    same(minutes(text).splitlines(), ["lift: 2 yes, 0 no, 6 abstained, accepted", "rule-quiet: 5 yes, 2 no, 1 abstained, accepted",
                                      "garden: 1 yes, 0 no, 0 abstained, no quorum", "2 of 3 accepted"], "longer minutes")
    same(minutes(members), "0 of 0 accepted", "minutes without a motion")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")

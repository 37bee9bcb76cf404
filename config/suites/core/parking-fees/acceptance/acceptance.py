"""What the owner of the garage would try by hand."""

import sys
from datetime import datetime, timedelta


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
    from parking.report import report
    from parking.stays import Stay, parse_stays, plate_of
    from parking.tariff import halved, stay_cents

    def cents(start: str, minutes: int) -> int:
        begin = datetime.fromisoformat(start)
        return stay_cents(begin, begin + timedelta(minutes=minutes))

    same(plate_of("wi-zx-5"), "WIZX5", "a plate")
    same(parse_stays("\n q-1 2027-01-31T23:50 2027-02-01T00:05 \n"), [Stay("Q1", datetime(2027, 1, 31, 23, 50), datetime(2027, 2, 1, 0, 5))], "a stay")
    for line in ("a 2027-01-01T10:00", "a 2027-01-01T10:00 11:00", "a 2027-01-01T25:00 2027-01-02T10:00", "a 2027-01-02T10:00 2027-01-02T09:00", "a b c d"):
        refused(lambda line=line: parse_stays(f"\n{line}"), "line 2")
    same(parse_stays("a 2027-01-02T10:00 2027-01-02T10:00")[0].plate, "A", "a stay of no minute")
    for start, minutes, wanted in (
        ("2027-01-05T12:00", 20, 0), ("2027-01-05T12:00", 21, 240), ("2027-01-05T12:00", 61, 480), ("2027-01-05T12:00", 79, 480),
        ("2027-01-05T12:00", 139, 720), ("2027-01-05T19:50", 25, 240), ("2027-01-05T19:50", 61, 320), ("2027-01-05T20:00", 60, 80),
        ("2027-01-05T05:50", 60, 80), ("2027-01-05T05:50", 75, 320), ("2027-01-05T23:30", 90, 160), ("2027-01-05T06:00", 480, 1800),
        ("2027-01-05T06:00", 420, 1680), ("2027-01-05T18:00", 1440, 1800), ("2027-01-05T18:00", 1441, 2040), ("2027-01-05T20:00", 600, 800),
        ("2027-01-05T21:15", 3 * 1440, 5400), ("2027-01-05T21:15", 3 * 1440 + 30, 5480), ("2027-01-05T16:00", 840, 4 * 240 + 800),
    ):
        same(cents(start, minutes), wanted, f"{minutes} minutes from {start}")
    same([halved(each) for each in (0, 19, 20, 22, 320, 330, 1800)], [0, 10, 10, 20, 160, 170, 900], "halves")
    text = "x-2 2027-01-05T12:00 2027-01-05T13:20\nb-1 2027-01-05T12:00 2027-01-05T12:20\n\nX2 2027-01-06T22:00 2027-01-06T23:01\nc-7 2027-01-06T22:00 2027-01-06T22:30"
    same(report(text, []), "B1 0.00\nC7 0.80\nX2 6.40\ntotal 7.20", "the report")
    same(report(text, ["x2", "C-7"]), "B1 0.00\nC7 0.40\nX2 3.20\ntotal 3.60", "with subscribers")
    same(report("\n", []), "total 0.00", "nobody")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")

"""What the person of the request would try by hand."""

import sys


def refused(call, *words: str) -> None:
    try:
        call()
    except ValueError as error:
        for word in words:
            assert word in str(error), f"{word!r} is not in {error}"
        return
    raise AssertionError(f"no ValueError, {words}")


def same(found: object, wanted: object, what: str) -> None:
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def main() -> None:
    from kiln.curve import duration, temperature_at
    from kiln.energy import cost_cents, energy_wh
    from kiln.program import Segment, parse_program
    from kiln.report import report

    text = "# stoneware\n120 560 12\n\n65 1000 25\n300  700 45\n"
    program = parse_program(text)
    same(program, [Segment(120, 560, 12), Segment(65, 1000, 25), Segment(300, 700, 45)], "segments")
    same(parse_program("400 1300 600\n1 20 0"), [Segment(400, 1300, 600), Segment(1, 20, 0)], "limits")
    for line in ("0 600 2", "401 600 2", "9 19 2", "9 1301 2", "9 600 601", "9 600", "9 600 2 2", "x 600 2", "9 600 1.5", "-9 600 1"):
        refused(lambda line=line: parse_program(f"\n# a\n100 600 1\n{line}\n"), "line 4")
    refused(lambda: parse_program("# only this\n\n"), "empty")
    same(duration(program), 270 + 12 + 407 + 25 + 60 + 45, "duration")
    same(duration([Segment(7, 21, 0), Segment(7, 22, 1)]), 9 + 9 + 1, "each move is rounded up")
    curve = {0: 20, 1: 22, 269: 558, 270: 560, 282: 560, 283: 561, 288: 567, 688: 1000, 689: 1000, 714: 1000,
             715: 995, 774: 700, 819: 700, 820: 698, 1158: 22, 1159: 20, 1160: 20, 9999: 20}
    for minute, degrees in curve.items():
        same(temperature_at(program, minute), degrees, f"at {minute}")
    half = [Segment(30, 30, 0), Segment(30, 20, 2)]
    same([temperature_at(half, m) for m in (1, 2, 3, 21, 22, 23)], [21, 21, 22, 30, 29, 29], "half degrees")
    refused(lambda: temperature_at(program, -1))
    same(energy_wh(program), (270 + 407) * 150 + 12 * 40 + 25 * 90 + 45 * 40, "energy")
    same(energy_wh([Segment(400, 1000, 0), Segment(100, 999, 10)]) - energy_wh([Segment(400, 1000, 0)]), 400, "999 degrees")
    same(cost_cents([Segment(60, 30, 0)], 5), 8, "7.5 cents")
    same(cost_cents([Segment(60, 29, 0)], 1), 1, "1.35 cents")
    same(cost_cents(program, 33), 3501, "cost")
    same(report(text, 33), "time 13:39\npeak 1000\nenergy 106080 Wh\ncost 35.01", "report")
    same(report("60 80 0\n60 30 3", 1), "time 1:53\npeak 80\nenergy 9120 Wh\ncost 0.09", "report")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
print("accepted")

"""What the keepers of the bank would try by hand."""

import sys


def refused(call, word: str = "") -> None:
    try:
        call()
    except ValueError as error:
        assert word in str(error), f"{word!r} is not in {error}"
        return
    raise AssertionError(f"no ValueError with {word!r}")


def same(found: object, wanted: object, what: str) -> None:
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def main() -> None:
    from seedbank.giving import give, grams_to_sow
    from seedbank.lots import Lot, parse_lots
    from seedbank.overview import overview
    from seedbank.viability import rate, status

    text = "\nk3; Kale ;2022;200;171;30\nk1;kale;2022;50;27;12\nk2;KALE;2019;16;15;8\n\nb1;bean;2018;70;60;400\no1;onion;2023;7;5;20\nt1;tomato;2012;9;9;70\n"
    lots = parse_lots(text)
    same(lots[0], Lot("k3", "kale", 2022, 200, 171, 30), "a lot")
    same(len(lots), 6, "lots")
    same(parse_lots("a;b;2000;1;0;0"), [Lot("a", "b", 2000, 1, 0, 0)], "limits")
    for line in ("a;b;2000;1;0", "a;b;2000;1;0;0;0", "a;b;2000;0;0;0", "a;b;2000;5;6;0", "a;b;y;5;5;0", "a;b;2000;5;5;1.5", "a b 2000 5 5 1"):
        refused(lambda line=line: parse_lots(f"\n\n\n{line}\n"), "line 4")
    same([rate(lot, 2023) for lot in lots], [79, 47, 66, 66, 71, 45], "rates in 2023")
    same([status(lot, 2023) for lot in lots], ["regrow", "lost", "regrow", "regrow", "regrow", "retest"], "status in 2023")
    same([status(Lot("a", "bean", 2018, 100, p, 1), 2018) for p in (80, 79, 50, 49)], ["good", "regrow", "regrow", "lost"], "limits of status")
    same([status(Lot("a", "bean", 2018, 100, 100, 1), year) for year in (2023, 2024)], ["good", "retest"], "age")
    same(rate(Lot("a", "x", 2018, 200, 1, 1), 2018), 1, "half a percent")
    same([rate(Lot("a", "x", 2018, 10, 1, 1), year) for year in (2019, 2020)], [3, 0], "down to 0")
    refused(lambda: rate(lots[0], 2021))
    refused(lambda: status(lots[0], 2021))
    same(give(lots[:3], "kALE", 9, 2022), [("k2", 8), ("k1", 1)], "9 g")
    same(give(lots[:3], "kale", 8, 2022), [("k2", 8)], "8 g")
    same(give(lots[:3], "kale", 50, 2022), [("k2", 8), ("k1", 12), ("k3", 30)], "all")
    same(give(lots, "kale", 38, 2023), [("k2", 8), ("k3", 30)], "without a lost one")
    for species, grams in (("kale", 39), ("kale", 0), ("kale", -3), ("tomato", 1), ("pea", 1)):
        refused(lambda species=species, grams=grams: give(lots, species, grams, 2023))
    same([grams_to_sow(lots[0], n, 2022) for n in (1, 43, 86)], [2, 50, 100], "to sow")
    same(grams_to_sow(lots[5], 9, 2031), 180, "to sow of the old")
    refused(lambda: grams_to_sow(lots[5], 9, 2032))
    same(overview(text, 2023), "t1 retest 45%\nk1 lost 47%\nb1 regrow 66%\nk2 regrow 66%\no1 regrow 71%\nk3 regrow 79%\nregrow: bean, kale, onion", "overview")
    same(overview("b;Pea;2020;10;9;1\na;pea;2020;10;6;1\nc;fig;2020;10;4;1", 2020), "c lost 40%\na regrow 60%\nb good 90%\nregrow: none", "none to regrow")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
print("accepted")

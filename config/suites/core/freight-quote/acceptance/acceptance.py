"""What the shop would try by hand."""

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
    from freight.parcels import Parcel, parse_parcels
    from freight.prices import freight_cents, fuel_cents, long_cents
    from freight.quote import quote
    from freight.weights import billed_halves

    text = "\nchair 90x55x60 6.4\nrug 121x20x20 8\n\nmug 12x12x12 0.55\n"
    same(parse_parcels(text), [Parcel("chair", (90, 55, 60), 6400), Parcel("rug", (121, 20, 20), 8000), Parcel("mug", (12, 12, 12), 550)], "parcels")
    same(parse_parcels("x 1x1x300 31.5")[0].grams, 31500, "the heaviest")
    for line in ("x 1x1 1", "x 1x1x301 1", "x 0x1x1 1", "x 1x1x1 1.234", "x 1x1x1", "1x1x1 1", "x 1x1x1 1kg", "x 1*1*1 1"):
        refused(lambda line=line: parse_parcels(f"{text}\n{line}"), "line 7")
    for weight in ("0", "0.0", "31.51", "100"):
        refused(lambda weight=weight: parse_parcels(f"box-9 9x9x9 {weight}"), "box-9")
    refused(lambda: quote(" \n\n", "A"), "no parcel")
    refused(lambda: quote(text, "D"), "zone")

    def halves(*parcels: Parcel) -> int:
        return billed_halves(list(parcels))

    def box(grams: int, *sides: int) -> Parcel:
        return Parcel("b", sides or (1, 1, 1), grams)

    same(halves(*parse_parcels(text)), 140, "half kilograms")
    same(halves(box(600), box(600), box(600), box(600)), 5, "four times 600 g")
    same(halves(box(1000)), 2, "1000 g")
    same(halves(box(1001)), 3, "1001 g")
    same(halves(box(100, 25, 20, 10), box(1)), 3, "a volume of 1 kg and a gram")
    for words, cents in {("A", 6, 1): 700, ("A", 7, 4): 770, ("B", 4, 1): 740, ("C", 10, 4): 3200, ("C", 10, 5): 3040, ("B", 3, 7): 700,
                         ("A", 13, 5): 1359, ("A", 11, 6): 1150, ("B", 7, 5): 1230}.items():
        same(freight_cents(*words), cents, f"the freight of {words}")
    same(long_cents([box(1, 120, 120, 120), box(1, 1, 1, 121), box(1, 1, 200, 1), box(1, 125, 125, 1)]), 1350, "long parcels")
    same([fuel_cents(each) for each in (700, 1004, 1037, 1038, 1129)], [84, 120, 124, 125, 135], "fuel")
    same(quote(text, "B"), "weight 70.0 kg\nfreight 259.00\nlong 4.50\nfuel 31.08\ntotal 294.58", "a quote")
    same(quote("a 1x1x1 0.6\nb 1x1x1 0.6\nc 1x1x1 0.6\nd 1x1x1 0.6\ne 1x1x1 0.65", "C"), "weight 3.5 kg\nfreight 21.28\nlong 0.00\nfuel 2.55\ntotal 23.83", "five parcels")
    same(quote("a 1x1x1 0.05", "A"), "weight 0.5 kg\nfreight 7.00\nlong 0.00\nfuel 0.84\ntotal 7.84", "the least")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")

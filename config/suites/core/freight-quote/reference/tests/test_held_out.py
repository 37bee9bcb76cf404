"""The same promises, with another shipment."""

import pytest

from freight.parcels import Parcel, parse_parcels
from freight.prices import freight_cents, fuel_cents, long_cents
from freight.quote import quote
from freight.weights import billed_halves, counted_grams

SHIPMENT = """
lamp 60x60x50 7.25
pole 200x8x8 3.1

book 30x22x4 1.76
"""


def test_c1_three_parcels() -> None:
    assert parse_parcels(SHIPMENT) == [
        Parcel("lamp", (60, 60, 50), 7250),
        Parcel("pole", (200, 8, 8), 3100),
        Parcel("book", (30, 22, 4), 1760),
    ]


def test_c2_refusals() -> None:
    for line, word in (("vase 30x30 4", "line 6"), ("safe 30x30x30 99", "safe")):
        with pytest.raises(ValueError, match=word):
            parse_parcels(SHIPMENT + line)
    with pytest.raises(ValueError, match="no parcel"):
        quote("", "A")


def test_c3_what_counts_of_three_parcels() -> None:
    parcels = parse_parcels(SHIPMENT)
    assert [counted_grams(parcel) for parcel in parcels] == [36000, 3100, 1760]
    assert billed_halves(parcels) == 82
    assert billed_halves(parcels[1:]) == 10


def test_c4_freights() -> None:
    assert [freight_cents("C", halves, count) for halves, count in ((2, 1), (3, 1), (3, 5), (82, 3))] == [700, 960, 912, 26240]
    with pytest.raises(ValueError, match="zone"):
        freight_cents("a", 3, 1)


def test_c5_the_pole_is_long() -> None:
    assert long_cents(parse_parcels(SHIPMENT)) == 450


def test_c6_fuel() -> None:
    assert [fuel_cents(freight) for freight in (26240, 912, 1004, 1005)] == [3149, 109, 120, 121]


def test_c7_the_quote_of_three_parcels() -> None:
    assert quote(SHIPMENT, "C") == "weight 41.0 kg\nfreight 262.40\nlong 4.50\nfuel 31.49\ntotal 298.39"
    assert quote("a 1x1x1 3.51", "B") == "weight 4.0 kg\nfreight 14.80\nlong 0.00\nfuel 1.78\ntotal 16.58"

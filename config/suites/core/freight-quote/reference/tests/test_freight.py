"""Parcels, weights, prices and the quote."""

import pytest

from freight.parcels import Parcel, parse_parcels
from freight.prices import freight_cents, fuel_cents, long_cents
from freight.quote import quote
from freight.weights import billed_halves, counted_grams


def box(grams: int, *sides: int) -> Parcel:
    length, width, height = sides or (10, 10, 10)
    return Parcel("P", (length, width, height), grams)


def test_c1_parcels_are_read_in_order() -> None:
    assert parse_parcels("P1 40x30x20 2.5\n\n  b-2   1x300x1  31.50 \nc 5x5x5 7\nd 5x5x5 0.01") == [
        Parcel("P1", (40, 30, 20), 2500),
        Parcel("b-2", (1, 300, 1), 31500),
        Parcel("c", (5, 5, 5), 7000),
        Parcel("d", (5, 5, 5), 10),
    ]


@pytest.mark.parametrize(
    "line", ["P 40x30 2", "P 40x30x20", "P 0x30x20 2", "P 40x301x20 2", "P 40x30x20 2.555", "P 40x30x20 2,5", "P 4.5x3x2 2", "P 1x1x1 -2", "P 1x1x1 2 kg"]
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_parcels(f"A 1x1x1 1\n\n{line}")


@pytest.mark.parametrize("weight", ["0", "0.00", "31.51", "32"])
def test_c2_a_wrong_weight_names_the_parcel(weight: str) -> None:
    with pytest.raises(ValueError, match="KX"):
        parse_parcels(f"KX 10x10x10 {weight}")


def test_c2_a_shipment_has_a_parcel() -> None:
    with pytest.raises(ValueError, match="no parcel"):
        parse_parcels("\n  \n")


def test_c3_the_greater_weight_counts() -> None:
    assert counted_grams(box(4799, 40, 30, 20)) == 4800
    assert counted_grams(box(4801, 40, 30, 20)) == 4801
    assert counted_grams(box(10, 3, 1, 1)) == 10
    assert counted_grams(box(1, 7, 3, 1)) == 5


def test_c3_only_the_sum_is_rounded_up() -> None:
    assert billed_halves([box(1100), box(1100), box(1100)]) == 7
    assert billed_halves([box(500)]) == 1
    assert billed_halves([box(501)]) == 2
    assert billed_halves([box(300), box(200)]) == 1
    assert billed_halves([box(100, 10, 10, 25), box(400)]) == 2


def test_c4_zones_have_their_price() -> None:
    assert [freight_cents(zone, 10, 1) for zone in "ABC"] == [1100, 1850, 3200]
    with pytest.raises(ValueError, match="zone"):
        freight_cents("D", 10, 1)


def test_c4_there_is_a_least_freight() -> None:
    assert [freight_cents("A", halves, 1) for halves in (1, 6, 7)] == [700, 700, 770]


def test_c4_five_parcels_cost_less() -> None:
    assert [freight_cents("B", 11, count) for count in (4, 5, 6)] == [2035, 1933, 1933]
    assert freight_cents("A", 9, 5) == 941
    assert freight_cents("A", 6, 9) == 700


def test_c5_long_parcels_cost_more() -> None:
    assert long_cents([box(1, 120, 5, 5), box(1, 5, 120, 5)]) == 0
    assert long_cents([box(1, 121, 5, 5), box(1, 5, 5, 5), box(1, 5, 130, 5), box(1, 5, 5, 300)]) == 1350


def test_c6_fuel_is_rounded_half_up() -> None:
    assert [fuel_cents(freight) for freight in (0, 700, 1104, 1100, 1154, 1188, 1187)] == [0, 84, 132, 132, 138, 143, 142]
    assert fuel_cents(1254) == 150
    assert fuel_cents(1125) == 135
    assert fuel_cents(1254 + 8) == 151


def test_c7_the_quote() -> None:
    text = "P1 40x30x20 2.5\nP2 130x10x10 4.2\n"
    assert quote(text, "A") == "weight 9.0 kg\nfreight 19.80\nlong 4.50\nfuel 2.38\ntotal 26.68"
    assert quote("P 1x1x1 0.02", "C") == "weight 0.5 kg\nfreight 7.00\nlong 0.00\nfuel 0.84\ntotal 7.84"


def test_c7_many_parcels() -> None:
    text = "P 10x10x10 1.1\n" * 5
    assert quote(text, "B") == "weight 5.5 kg\nfreight 19.33\nlong 0.00\nfuel 2.32\ntotal 21.65"

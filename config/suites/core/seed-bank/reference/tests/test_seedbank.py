"""Lots, their rate and status, giving and the overview."""

import pytest

from seedbank.giving import give, grams_to_sow
from seedbank.lots import Lot, parse_lots
from seedbank.overview import overview
from seedbank.viability import rate, status


def of(species: str, percent: int, code: str = "A", year: int = 2020, grams: int = 10) -> Lot:
    return Lot(code, species, year, 100, percent, grams)


def test_c1_lots_are_read_in_order() -> None:
    text = "B7;Bean;2021;40;38;250\n\n a1 ; onion ; 2019 ; 50 ; 50 ; 0 \n"
    assert parse_lots(text) == [Lot("B7", "bean", 2021, 40, 38, 250), Lot("a1", "onion", 2019, 50, 50, 0)]


def test_c1_the_limits_are_allowed() -> None:
    assert parse_lots("A;pea;2020;1;0;0") == [Lot("A", "pea", 2020, 1, 0, 0)]
    assert parse_lots("A;pea;2020;1;1;0") == [Lot("A", "pea", 2020, 1, 1, 0)]
    assert parse_lots("\n") == []


@pytest.mark.parametrize(
    "line",
    ["A;pea;2020;9;1", "A;pea;2020;9;1;5;6", "A;pea;x;9;1;5", "A;pea;2020;0;0;5", "A;pea;2020;9;10;5", "A;pea;2020;9;1;-5", "A;pea;2020;9;1;2.5"],
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_lots(f"A;pea;2020;9;1;5\n\n{line}")


def test_c3_the_rate_is_rounded_half_up() -> None:
    assert rate(Lot("A", "bean", 2020, 8, 5, 1), 2020) == 63
    assert rate(Lot("A", "bean", 2020, 3, 1, 1), 2020) == 33
    assert rate(Lot("A", "bean", 2020, 3, 2, 1), 2020) == 67
    assert rate(Lot("A", "bean", 2020, 40, 1, 1), 2020) == 3


def test_c3_it_falls_each_year() -> None:
    found = [rate(of(species, 90), 2023) for species in ("onion", "bean", "tomato", "leek")]
    assert found == [63, 78, 75, 69]


def test_c3_it_does_not_fall_below_zero() -> None:
    assert [rate(of("onion", 20), year) for year in (2021, 2022, 2023)] == [11, 2, 0]


def test_c3_a_year_before_the_test_is_refused() -> None:
    with pytest.raises(ValueError):
        rate(of("bean", 90), 2019)


def test_c4_the_status_follows_the_rate() -> None:
    found = [status(of("bean", percent), 2020) for percent in (100, 80, 79, 50, 49, 0)]
    assert found == ["good", "good", "regrow", "regrow", "lost", "lost"]


def test_c4_an_old_test_is_made_again() -> None:
    assert status(of("bean", 100), 2025) == "good"
    assert status(of("bean", 100), 2026) == "retest"
    assert status(of("onion", 10), 2026) == "retest"


def test_c5_the_oldest_lot_is_emptied_first() -> None:
    lots = [of("bean", 90, "C", 2021), of("bean", 90, "B", 2020), of("bean", 90, "A", 2021), of("pea", 90, "P", 2019)]
    assert give(lots, "Bean", 10, 2021) == [("B", 10)]
    assert give(lots, "bean", 15, 2021) == [("B", 10), ("A", 5)]
    assert give(lots, "bean", 30, 2021) == [("B", 10), ("A", 10), ("C", 10)]
    assert give(lots, "bean", 1, 2021) == [("B", 1)]


def test_c5_only_living_lots_give() -> None:
    lots = [of("bean", 60, "A", 2020), of("bean", 49, "B", 2020), of("bean", 99, "C", 2013), of("bean", 90, "D", 2020, 0)]
    assert give(lots, "bean", 10, 2020) == [("A", 10)]
    with pytest.raises(ValueError):
        give(lots, "bean", 11, 2020)


@pytest.mark.parametrize("grams", [0, -1])
def test_c5_nothing_cannot_be_asked_for(grams: int) -> None:
    with pytest.raises(ValueError):
        give([of("bean", 90)], "bean", grams, 2020)


def test_c6_more_is_sown_of_weaker_seed() -> None:
    assert grams_to_sow(of("bean", 100), 30, 2020) == 30
    assert grams_to_sow(of("bean", 90), 30, 2020) == 34
    assert grams_to_sow(of("bean", 50), 30, 2020) == 60
    assert grams_to_sow(of("bean", 84), 30, 2021) == 38
    assert grams_to_sow(of("onion", 10), 2, 2021) == 200


def test_c6_dead_seed_is_not_sown() -> None:
    with pytest.raises(ValueError):
        grams_to_sow(of("onion", 9), 30, 2021)


def test_c7_the_overview() -> None:
    text = "Z;pea;2020;10;9;5\nB;bean;2020;10;6;5\nA;leek;2020;10;6;5\nC;pea;2020;10;7;5\nD;onion;2014;10;9;5"
    assert overview(text, 2020) == "D retest 36%\nA regrow 60%\nB regrow 60%\nC regrow 70%\nZ good 90%\nregrow: bean, leek"


def test_c7_nothing_to_regrow() -> None:
    assert overview("", 2020) == "regrow: none"
    assert overview("A;Pea;2020;10;1;5", 2020) == "A lost 10%\nregrow: none"

"""The same promises, with other lots."""

import pytest

from seedbank.giving import give, grams_to_sow
from seedbank.lots import Lot, parse_lots
from seedbank.overview import overview
from seedbank.viability import rate, status

BANK = """
T-2;Tomato;2018;60;57;40
T-1;tomato;2021;60;51;15
T-3;tomato;2021;80;79;500

O-1;ONION;2020;25;24;90
M-1;maize;2016;30;30;900
"""


def test_c1_five_lots() -> None:
    lots = parse_lots(BANK)
    assert [lot.code for lot in lots] == ["T-2", "T-1", "T-3", "O-1", "M-1"]
    assert lots[3] == Lot("O-1", "onion", 2020, 25, 24, 90)


def test_c2_more_sprouted_than_sown() -> None:
    with pytest.raises(ValueError, match="line 8"):
        parse_lots(BANK + "X-1;kale;2020;30;31;9")


def test_c3_rates_in_2022() -> None:
    assert [rate(lot, 2022) for lot in parse_lots(BANK)] == [75, 80, 94, 78, 58]
    with pytest.raises(ValueError):
        [rate(lot, 2020) for lot in parse_lots(BANK)]


def test_c4_status_over_the_years() -> None:
    lots = parse_lots(BANK)
    assert [status(lot, 2022) for lot in lots] == ["regrow", "good", "good", "regrow", "retest"]
    assert [status(lot, 2024) for lot in lots] == ["retest", "regrow", "good", "regrow", "retest"]
    assert status(lots[3], 2025) == "regrow"
    assert status(Lot("O", "onion", 2020, 100, 94, 1), 2025) == "lost"


def test_c5_tomatoes_are_given() -> None:
    lots = parse_lots(BANK)
    assert give(lots, "TOMATO", 60, 2022) == [("T-2", 40), ("T-1", 15), ("T-3", 5)]
    assert give(lots, "tomato", 60, 2024) == [("T-1", 15), ("T-3", 45)]
    for species, grams in (("maize", 1), ("kale", 1), ("tomato", 556)):
        with pytest.raises(ValueError):
            give(lots, species, grams, 2022)


def test_c6_onions_are_sown() -> None:
    onion = parse_lots(BANK)[3]
    assert [grams_to_sow(onion, 10, year) for year in (2020, 2022, 2030)] == [11, 13, 167]
    with pytest.raises(ValueError):
        grams_to_sow(onion, 10, 2031)


def test_c7_the_overview_of_2022() -> None:
    assert overview(BANK, 2022) == (
        "M-1 retest 58%\nT-2 regrow 75%\nO-1 regrow 78%\nT-1 good 80%\nT-3 good 94%\nregrow: onion"
    )

"""The same promises, with other programs."""

import pytest

from kiln.curve import duration, temperature_at
from kiln.energy import cost_cents, energy_wh
from kiln.program import Segment, parse_program
from kiln.report import report

GLAZE = [Segment(150, 600, 15), Segment(80, 1220, 20), Segment(200, 900, 30)]


def test_c1_a_program_of_three_segments() -> None:
    assert parse_program("150 600 15\n\n# slow\n80 1220 20\n200 900 30\n") == GLAZE


def test_c2_the_number_of_the_line_counts_what_is_skipped() -> None:
    with pytest.raises(ValueError, match="line 4"):
        parse_program("\n\n# x\n500 600 1")
    with pytest.raises(ValueError, match="line 1"):
        parse_program("100 600 1 1")
    with pytest.raises(ValueError, match="empty"):
        parse_program("")


def test_c3_the_duration_of_a_glaze_firing() -> None:
    assert duration(GLAZE) == 232 + 15 + 465 + 20 + 96 + 30


def test_c4_the_curve_of_a_glaze_firing() -> None:
    found = [temperature_at(GLAZE, minute) for minute in (1, 231, 232, 247, 248, 250, 712, 732, 733, 828, 858)]
    assert found == [23, 598, 600, 600, 601, 604, 1220, 1220, 1217, 900, 900]


def test_c5_it_is_cold_in_the_end() -> None:
    assert [temperature_at(GLAZE, minute) for minute in (859, 1297, 1298, 1299)] == [898, 22, 20, 20]


def test_c6_the_energy_of_a_glaze_firing() -> None:
    assert energy_wh(GLAZE) == (232 + 465) * 150 + 15 * 40 + 20 * 90 + 30 * 40


def test_c7_a_price_of_a_cent() -> None:
    assert cost_cents(GLAZE, 1) == 108
    assert cost_cents(GLAZE, 37) == 4002


def test_c8_the_report_of_a_glaze_firing() -> None:
    assert report("150 600 15\n80 1220 20\n200 900 30", 37) == "time 14:18\npeak 1220\nenergy 108150 Wh\ncost 40.02"

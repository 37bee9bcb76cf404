from kiln.cost import firing_cents
from kiln.schedule import befores, total_minutes
from kiln.segments import Segment, ramp_minutes


def test_a_minute_that_was_begun_counts() -> None:
    assert ramp_minutes(Segment(100, 120), 20) == 60
    assert ramp_minutes(Segment(100, 121), 20) == 61


def test_each_segment_begins_where_the_one_before_ended() -> None:
    segments = [Segment(100, 600, 10), Segment(150, 1000)]
    assert befores(segments) == [20, 600]
    assert total_minutes(segments) == 348 + 10 + 160


def test_heating_costs_nine_cents_a_minute() -> None:
    assert firing_cents([Segment(100, 120)]) == 540

"""The same promises, on another deck."""

import pytest

from ferry.deck import load
from ferry.fares import fare_cents
from ferry.manifest import manifest
from ferry.vehicles import Vehicle, parse_vehicles

LIST = """
zz-1 van 610 5
yy-2 car 410 1
xx-3 truck 1260 2

ww-4 car 560 7
vv-5 bike 210 1
uu-6 truck 1500 1
"""


def test_c1_six_vehicles() -> None:
    found = parse_vehicles(LIST)
    assert len(found) == 6
    assert found[0] == Vehicle("ZZ-1", "van", 610, 5)
    assert found[3] == Vehicle("WW-4", "car", 560, 7)


def test_c2_wrong_lines() -> None:
    with pytest.raises(ValueError, match="line 9"):
        parse_vehicles(LIST + "tt-7 tram 900 1")
    with pytest.raises(ValueError, match="VV-5"):
        parse_vehicles(LIST + "Vv-5 bike 190 1")


def test_c3_the_roomiest_lane_first() -> None:
    loading = load(parse_vehicles(LIST), [1500, 1400, 1500])
    assert [[each.plate for each in lane] for lane in loading.lanes] == [
        ["ZZ-1", "VV-5"],
        ["XX-3"],
        ["YY-2", "WW-4"],
    ]
    assert loading.free == [600, 100, 450]


def test_c4_the_last_truck_waits() -> None:
    assert [each.plate for each in load(parse_vehicles(LIST), [1500, 1400, 1500]).waiting] == ["UU-6"]


def test_c5_a_truck_waits_beside_an_empty_lane() -> None:
    loading = load([Vehicle("T", "truck", 700, 1)], [700, 739, 2000])
    assert loading.free == [700, 739, 2000]
    assert loading.waiting == [Vehicle("T", "truck", 700, 1)]
    assert load([Vehicle("T", "truck", 700, 1)], [700, 740, 2000]).free == [700, 0, 2000]


def test_c6_fares_of_the_list() -> None:
    fares = [fare_cents(each.kind, each.length, each.people) for each in parse_vehicles(LIST)]
    assert fares == [5985, 1850, 6750, 6007, 400, 6100]


def test_c7_the_manifest_of_the_list() -> None:
    assert manifest(LIST, [1500, 1400, 1500]) == (
        "lane 1: ZZ-1 VV-5 (600 cm left)\n"
        "lane 2: XX-3 (100 cm left)\n"
        "lane 3: YY-2 WW-4 (450 cm left)\n"
        "waiting: UU-6\n"
        "fares: 209.92"
    )

"""The list, the deck, the fares and the manifest."""

import pytest

from ferry.deck import load
from ferry.fares import fare_cents
from ferry.manifest import manifest
from ferry.vehicles import Vehicle, parse_vehicles


def of(plate: str, kind: str, length: int) -> Vehicle:
    return Vehicle(plate, kind, length, 1)


def plates(vehicles: list[Vehicle]) -> str:
    return " ".join(vehicle.plate for vehicle in vehicles)


def test_c1_vehicles_are_read_in_order() -> None:
    assert parse_vehicles("ab1 car 430 2\n\n  C2  bike 180 1 \n") == [Vehicle("AB1", "car", 430, 2), Vehicle("C2", "bike", 180, 1)]


def test_c1_the_limits_are_allowed() -> None:
    assert parse_vehicles("A van 100 1\nB truck 1800 9") == [Vehicle("A", "van", 100, 1), Vehicle("B", "truck", 1800, 9)]
    assert parse_vehicles("") == []


@pytest.mark.parametrize(
    "line",
    ["B boat 430 2", "B car 99 2", "B car 1801 2", "B car 430 0", "B car 430 10", "B car 430", "B car 4.3 2", "B car 430 x", "B car 430 2 2"],
)
def test_c2_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        parse_vehicles(f"A car 430 2\n\n{line}")


def test_c2_a_plate_is_there_once() -> None:
    with pytest.raises(ValueError, match="KX7"):
        parse_vehicles("kx7 car 430 2\nKX7 van 500 1")


def test_c3_the_lane_with_the_most_room_is_taken() -> None:
    loading = load([of("A", "car", 460), of("B", "car", 360), of("C", "car", 160)], [1000, 1200, 900])
    assert [plates(lane) for lane in loading.lanes] == ["B", "A", "C"]
    assert loading.free == [600, 700, 700]


def test_c3_of_equal_lanes_the_first_is_taken() -> None:
    loading = load([of("A", "car", 360), of("B", "car", 360), of("C", "car", 360)], [1000, 1000])
    assert [plates(lane) for lane in loading.lanes] == ["A C", "B"]
    assert loading.free == [200, 600]


def test_c3_what_fits_exactly_fits() -> None:
    assert load([of("A", "car", 460)], [500]).free == [0]
    assert load([of("A", "car", 461)], [500]).free == [500]


def test_c4_who_fits_nowhere_waits() -> None:
    loading = load([of("A", "van", 600), of("B", "van", 500), of("C", "bike", 200)], [900])
    assert plates(loading.waiting) == "B"
    assert plates(loading.lanes[0]) == "A C"


def test_c5_trucks_stand_in_the_first_two_lanes() -> None:
    loading = load([of("T", "truck", 900), of("U", "truck", 900), of("V", "truck", 900)], [1000, 1100, 5000])
    assert [plates(lane) for lane in loading.lanes] == ["U", "T", ""]
    assert plates(loading.waiting) == "V"


def test_c5_others_stand_in_any_lane() -> None:
    loading = load([of("T", "van", 900), of("U", "truck", 900)], [1000, 1100, 5000])
    assert [plates(lane) for lane in loading.lanes] == ["", "U", "T"]


def test_c6_fares_of_drivers_alone() -> None:
    found = [fare_cents(kind, 300, 1) for kind in ("bike", "car", "van", "truck")]
    assert found == [400, 1850, 2700, 6100]


def test_c6_long_cars_and_vans_pay_half_more() -> None:
    assert fare_cents("car", 550, 1) == 1850
    assert fare_cents("car", 551, 1) == 2775
    assert fare_cents("van", 700, 1) == 4050
    assert fare_cents("truck", 1200, 1) == 6100


def test_c6_people_pay_and_groups_pay_less() -> None:
    assert fare_cents("car", 400, 3) == 3150
    assert fare_cents("car", 400, 4) == 3800
    assert fare_cents("car", 400, 5) == 4005
    assert fare_cents("car", 600, 6) == 5422


def test_c7_the_manifest() -> None:
    text = "a1 car 460 2\nb2 truck 960 1\nc3 truck 800 1\nd4 bike 160 1\n"
    assert manifest(text, [1000, 1000, 400]) == (
        "lane 1: A1 D4 (300 cm left)\nlane 2: B2 (0 cm left)\nlane 3: - (400 cm left)\nwaiting: C3\nfares: 90.00"
    )


def test_c7_a_manifest_of_nobody() -> None:
    assert manifest("", [700]) == "lane 1: - (700 cm left)\nwaiting: -\nfares: 0.00"


def test_c7_cents_have_two_digits() -> None:
    assert manifest("a car 400 5", [700]).endswith("fares: 40.05")

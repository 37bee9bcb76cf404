"""What the mate would try by hand."""

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
    from ferry.deck import load
    from ferry.fares import fare_cents
    from ferry.manifest import manifest
    from ferry.vehicles import Vehicle, parse_vehicles

    text = "\nm-10 car 440 1\nm-11 truck 1100 1\n\nm-12 van 640 6\nm-13 truck 1200 3\nm-14 car 551 2\nm-15 bike 190 1\nm-16 car 800 4\n"
    vehicles = parse_vehicles(text)
    same(vehicles[2], Vehicle("M-12", "van", 640, 6), "a vehicle")
    same(len(vehicles), 7, "vehicles")
    same(parse_vehicles("q bike 100 1\nr truck 1800 9"), [Vehicle("Q", "bike", 100, 1), Vehicle("R", "truck", 1800, 9)], "limits")
    for line in ("a bus 400 1", "a car 99 1", "a car 1801 1", "a car 400 0", "a car 400 10", "a car 400", "a car -400 1", "a car 400 1 1"):
        refused(lambda line=line: parse_vehicles(f"b car 400 1\n\n\n{line}"), "line 4")
    refused(lambda: parse_vehicles("ab-c car 400 1\nAB-c car 400 1"), "AB-C")
    loading = load(vehicles, [1200, 1900, 1200])
    same([[each.plate for each in lane] for lane in loading.lanes], [["M-12"], ["M-10", "M-11"], ["M-14", "M-15"]], "lanes")
    same(loading.free, [520, 280, 379], "free")
    same([each.plate for each in loading.waiting], ["M-13", "M-16"], "waiting")
    same(load([Vehicle("A", "car", 300, 1)], [340]).free, [0], "an exact fit")
    same(load([Vehicle("A", "car", 300, 1)], [339]).waiting, [Vehicle("A", "car", 300, 1)], "one cm short")
    same(load([Vehicle(c, "car", 300, 1) for c in "ABC"], [700, 700, 700]).free, [360, 360, 360], "equal lanes")
    same(load([Vehicle("A", "car", 300, 1)], [700, 700]).free, [360, 700], "the first of equal lanes")
    same(load([Vehicle("A", "truck", 900, 1)], [800, 800, 1200]).free, [800, 800, 1200], "a truck")
    same(load([Vehicle("A", "truck", 900, 1)], [800, 950, 1200]).free, [800, 10, 1200], "a truck in lane 2")
    fares = {("bike", 200, 1): 400, ("bike", 200, 2): 1050, ("car", 550, 1): 1850, ("car", 551, 1): 2775, ("van", 550, 4): 4650,
             ("van", 551, 4): 6000, ("truck", 1500, 1): 6100, ("truck", 1500, 5): 7830, ("car", 700, 8): 6592, ("bike", 600, 1): 400}
    for words, cents in fares.items():
        same(fare_cents(*words), cents, f"the fare of {words}")
    same(manifest(text, [1200, 1900, 1200]),
         "lane 1: M-12 (520 cm left)\nlane 2: M-10 M-11 (280 cm left)\nlane 3: M-14 M-15 (379 cm left)\nwaiting: M-13 M-16\nfares: 183.45",
         "the manifest")
    same(manifest("\n", [500, 300]), "lane 1: - (500 cm left)\nlane 2: - (300 cm left)\nwaiting: -\nfares: 0.00", "nobody")
    same(manifest("a car 300 5", [500]).splitlines()[-1], "fares: 40.05", "cents")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
print("accepted")

"""What the wall's owner would try by hand."""

import sys

from lockers.boxes import Box
from lockers.fees import fee_cents
from lockers.notices import notices
from lockers.wall import Wall


def refused(call, message: str) -> None:
    try:
        call()
    except ValueError as error:
        assert str(error) == message, str(error)
    else:
        raise AssertionError(f"not refused: {message}")


def main() -> int:
    refused(lambda: Box(3, "m"), "box 3: no size m")
    assert Box(3).size == "M"
    wall = Wall([Box(12, "M"), Box(11, "L"), Box(10, "S"), Box(13, "M"), Box(14, "S")])
    found = [wall.put(name, day, size) for name, day, size in [("f", 1, "M"), ("e", 1, "S"), ("d", 2, "L"), ("c", 1, "S")]]
    assert found == [12, 10, 11, 14], found
    assert wall.put("b", 2, "S") == 13
    refused(lambda: wall.put("g", 2, "S"), "no box for g")
    refused(lambda: wall.put("b", 2, "S"), "b is here already")
    assert notices(wall, 3)[0] == "e: box 10, 1 day left", notices(wall, 3)
    assert notices(wall, 4) == [
        "e: box 10, last day",
        "d: box 11, 1 day left",
        "f: box 12, last day",
        "b: box 13, 1 day left",
        "c: box 14, last day",
    ], notices(wall, 4)
    assert notices(wall, 5)[0] == "e: box 10, 0.50 EUR" and notices(wall, 2)[1] == "d: box 11, 3 days left"
    assert wall.send_back(11) == []
    assert wall.take("c", 11) == 350
    assert wall.take("d", 6) == 120
    refused(lambda: wall.take("c", 11), "no parcel c")
    assert wall.send_back(13) == ["e", "f", "b"], "send_back"
    assert wall.lying() == []
    refused(lambda: wall.put("h", 13, "XS"), "no box for h")
    assert wall.put("h", 13) == 12
    assert wall.take("h", 13) == 0
    assert [fee_cents("M", days) for days in (1, 3, 4, 30)] == [0, 0, 80, 2160]
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)

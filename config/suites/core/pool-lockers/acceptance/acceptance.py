"""What the people at the till would try by hand."""

import sys
import tempfile
from pathlib import Path


def same(found: object, wanted: object, what: str) -> None:
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def main() -> None:
    from fastapi.testclient import TestClient

    from app.fees import fee_cents
    from app.main import create_app
    from app.settings import Settings

    for size, begin, end, fee in (
        ("small", 10, 15, 0), ("small", 10, 16, 150), ("large", 10, 70, 250), ("large", 10, 71, 350), ("small", 0, 180, 390), ("small", 0, 181, 450),
        ("small", 0, 300, 600), ("large", 0, 285, 1000), ("large", 0, 255, 950), ("large", 0, 1439, 1000), ("small", 700, 700, 0),
    ):
        same(fee_cents(size, begin, end), fee, f"{size} from {begin} to {end}")
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "lockers.db")
        with TestClient(create_app(Settings("till", database)), raise_server_exceptions=False) as client:
            def post(path: str, token: str = "till", **body: object) -> tuple[int, dict]:
                answer = client.post(path, json=body, headers={"Authorization": f"Bearer {token}"} if token else {})
                return answer.status_code, answer.json()

            same(client.get("/lockers").json(), [], "no lockers")
            for number, size in ((101, "large"), (55, "small"), (100, "large"), (54, "small")):
                same(post("/lockers", number=number, size=size), (201, {"number": number, "size": size}), "a locker")
            same(post("/lockers", number=55, size="large")[0], 409, "a number twice")
            for body in ({"number": 0, "size": "small"}, {"number": 1000, "size": "small"}, {"number": 5, "size": "big"}, {"number": 5}):
                same(post("/lockers", **body)[0], 422, f"{body}")
            good = {"guest": "Kim", "size": "small", "minute": 480}
            for change in ({"guest": ""}, {"guest": "k" * 41}, {"size": ""}, {"minute": 1440}, {"minute": -1}, {"minute": "noon"}):
                same(post("/rentals", **{**good, **change})[0], 422, f"{change}")
            for token in ("", "Till", "wrong"):
                same(post("/rentals", token, **good)[0], 401, f"the token {token!r}")
                same(post("/lockers", token, number=9, size="small")[0], 401, f"the token {token!r}")
            same(post("/rentals", **good), (201, {"id": 1, "locker": 54, **good}), "the first rental")
            same(post("/rentals", **good)[1].get("locker"), 55, "the second rental")
            same(post("/rentals", **good)[0], 409, "a third locker")
            lee = {"guest": "Lee", "size": "small", "minute": 490}
            same(post("/rentals", **lee)[1].get("locker"), 100, "a large one for a small one")
            same(post("/rentals", guest="Max", size="large", minute=490)[1].get("locker"), 101, "a large one")
            same(post("/rentals", **lee)[0], 409, "none is free")
            listed = [(each["number"], each["size"], each["free"]) for each in client.get("/lockers").json()]
            same(listed, [(54, "small", False), (55, "small", False), (100, "large", False), (101, "large", False)], "the list")
            same(post("/rentals/1/return", "", minute=500)[0], 401, "to return without a token")
            same(post("/rentals/1/return", minute=479)[0], 409, "to return before it began")
            same(post("/rentals/1/return", minute=1500)[0], 422, "to return tomorrow")
            same(post("/rentals/77/return", minute=500)[0], 404, "to return what is not there")
            same(post("/rentals/1/return", minute=541), (200, {"id": 1, "fee": 210}), "to return")
            same(post("/rentals/1/return", minute=542)[0], 409, "to return twice")
            same(post("/rentals/3/return", minute=1400), (200, {"id": 3, "fee": 600}), "a large one at the price of a small one")
            same(post("/rentals/4/return", minute=560), (200, {"id": 4, "fee": 350}), "a large one")
            same(post("/rentals", guest="Lee", size="large", minute=600)[1].get("locker"), 100, "what came back")
            same(post("/rentals", guest="Kim", size="small", minute=600)[1].get("locker"), 54, "what came back")
            same(post("/rentals", guest="Max", size="large", minute=600)[1].get("locker"), 101, "what came back")
            same(post("/rentals/2/return", minute=600), (200, {"id": 2, "fee": 270}), "a small one")
            same(post("/rentals", guest="Zed", size="large", minute=600)[0], 409, "no large one, and a small one is free")
        with TestClient(create_app(Settings("", database))) as client:
            same([each["free"] for each in client.get("/lockers").json()], [False, True, False, False], "after a restart")
            same(client.post("/lockers", json={"number": 9, "size": "small"}, headers={"Authorization": "Bearer "}).status_code, 401, "without a token")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")

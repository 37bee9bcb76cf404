"""What the keeper of the shed would try by hand."""

import sys
import tempfile
from pathlib import Path

from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings

TOKEN = {"Authorization": "Bearer of-the-acceptance"}


def check(client: TestClient) -> None:
    def post(path: str, body: dict, headers: dict[str, str] = TOKEN) -> tuple[int, dict]:
        answer = client.post(path, json=body, headers=headers)
        return answer.status_code, answer.json()

    def lend(tool: int, member: str, day: str) -> int:
        return post("/loans", {"tool": tool, "member": member, "day": day})[0]

    assert post("/tools", {"name": "plane", "copies": 3}) == (201, {"id": 1, "name": "plane", "copies": 3, "free": 3})
    assert post("/tools", {"name": "lathe"})[1]["copies"] == 1
    assert [post("/tools", {"name": "no", "copies": n})[0] for n in (0, 21)] == [422, 422]
    found = post("/loans", {"tool": 1, "member": "Kim", "day": "2028-02-16"})
    assert found == (201, {"id": 1, "tool": 1, "member": "Kim", "day": "2028-02-16", "due": "2028-03-01"}), found
    assert [lend(2, "Lou", "2028-02-10"), lend(2, "Kim", "2028-02-10"), lend(5, "Kim", "2028-02-10")] == [201, 409, 404]
    assert [lend(1, "Kim", "2028-02-12"), lend(1, "Kim", "2028-02-12")] == [201, 201]
    post("/tools", {"name": "vice", "copies": 20})
    assert [lend(3, "Kim", "2028-02-12"), lend(3, "Lou", "2028-02-09"), lend(3, "Lou", "2028-02-10")] == [409, 201, 201]
    assert [lend(3, "", "2028-02-12"), lend(3, "x" * 101, "2028-02-12"), lend(3, "Pat", "2028-02-30")] == [422] * 3
    assert [(each["name"], each["free"]) for each in client.get("/tools").json()] == [("plane", 0), ("lathe", 0), ("vice", 18)]
    assert [each["id"] for each in client.get("/loans").json()] == [5, 2, 6, 3, 4, 1]
    assert [each["id"] for each in client.get("/loans?member=Kim").json()] == [3, 4, 1]
    assert post("/loans/1/return", {"day": "2028-02-15"})[0] == 422
    assert post("/loans/1/return", {"day": "2028-03-05"}, {})[0] == 401
    assert post("/loans", {"tool": 3, "member": "Pat", "day": "2028-03-05"}, {})[0] == 401
    assert post("/loans/1/return", {"day": "2028-03-05"}) == (200, {"fee_cents": 100})
    assert [post(f"/loans/{n}/return", {"day": "2028-03-05"})[0] for n in (1, 77)] == [409, 404]
    assert post("/loans/2/return", {"day": "2028-02-24"}) == (200, {"fee_cents": 0})
    assert post("/loans/3/return", {"day": "2028-03-16"}) == (200, {"fee_cents": 475})
    assert post("/loans/4/return", {"day": "2028-03-18"}) == (200, {"fee_cents": 500})
    assert [each["id"] for each in client.get("/loans").json()] == [5, 6]
    assert [(each["name"], each["free"]) for each in client.get("/tools").json()] == [("plane", 3), ("lathe", 1), ("vice", 18)]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings("of-the-acceptance", str(Path(folder) / "shed.db"))
        with TestClient(create_app(settings)) as client:
            check(client)
    print("accepted")
    return 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)

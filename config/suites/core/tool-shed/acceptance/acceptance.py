"""What the people of the street would try by hand."""

import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path


def same(found: object, wanted: object, what: str) -> None:
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def main() -> None:
    from fastapi.testclient import TestClient

    from app.dues import due_day, late_fee
    from app.main import create_app
    from app.settings import Settings

    friday = date(2027, 9, 3)
    same([(due_day(friday, days) - friday).days for days in (1, 2, 3, 8, 9, 10, 14)], [1, 3, 3, 8, 10, 10, 14], "due days")
    late = [late_fee(friday, friday + timedelta(days=days), 3000) for days in (-1, 0, 1, 3, 7, 8, 10, 13, 14, 60)]
    same(late, [0, 0, 150, 450, 1050, 1350, 1950, 2850, 3000, 3000], "late fees")
    same([late_fee(friday, friday + timedelta(days=1), deposit) for deposit in (0, 149, 150, 151)], [0, 149, 150, 150], "deposits")
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "tools.db")
        with TestClient(create_app(Settings("street", database)), raise_server_exceptions=False) as client:
            def post(path: str, token: str = "street", **body: object) -> tuple[int, dict]:
                answer = client.post(path, json=body, headers={"Authorization": f"Bearer {token}"} if token else {})
                return answer.status_code, answer.json()

            for number, name in enumerate(("Jack", "Pump", "Grill", "Cart", "Vice"), 1):
                same(post("/tools", name=name, deposit=number * 300), (201, {"id": number, "name": name, "deposit": number * 300}), "a tool")
            same(post("/tools", name="pUMP", deposit=1)[0], 409, "a name twice")
            for body in ({"name": "", "deposit": 1}, {"name": "n" * 61, "deposit": 1}, {"name": "n", "deposit": -1}, {"name": "n", "deposit": 50001}, {"name": "n"}):
                same(post("/tools", **body)[0], 422, f"{body}")
            good = {"tool": 1, "member": "Ida", "day": "2027-09-03", "days": 2}
            for change in ({"member": ""}, {"member": "m" * 41}, {"days": 0}, {"days": 15}, {"day": "3.9."}, {"tool": "Jack"}):
                same(post("/loans", **{**good, **change})[0], 422, f"{change}")
            for token in ("", "Street", "wrong"):
                same(post("/loans", token, **good)[0], 401, f"the token {token!r}")
                same(post("/tools", token, name="n", deposit=1)[0], 401, f"the token {token!r}")
            same(post("/loans", **good), (201, {"id": 1, "due": "2027-09-06"}), "a loan")
            same(post("/loans", **{**good, "member": "Ole"})[0], 409, "what is lent")
            same(post("/loans", **{**good, "tool": 6})[0], 404, "no tool")
            same([post("/loans", **{**good, "tool": tool})[0] for tool in (2, 3, 4)], [201, 201, 409], "the fourth tool")
            same(client.get("/members/Ida").json(), {"member": "Ida", "open": 3, "fees": 0}, "a member")
            same(client.get("/members/Ole").json(), {"member": "Ole", "open": 0, "fees": 0}, "nobody")
            same(post("/loans/1/return", "", day="2027-09-06")[0], 401, "back without a token")
            same(post("/loans/1/return", day="2027-09-02")[0], 409, "back before it began")
            same(post("/loans/9/return", day="2027-09-06")[0], 404, "no loan")
            same(post("/loans/1/return", day="soon")[0], 422, "no day")
            same(post("/loans/1/return", day="2027-09-07"), (200, {"id": 1, "fee": 150}), "a day late")
            same(post("/loans/1/return", day="2027-09-07")[0], 409, "back twice")
            same(post("/loans/2/return", day="2027-09-09"), (200, {"id": 2, "fee": 450}), "three days late")
            same(client.get("/members/Ida").json(), {"member": "Ida", "open": 1, "fees": 600}, "a member who owes")
            same(post("/loans", **{**good, "tool": 2})[0], 201, "who owes 600")
            same(post("/loans/3/return", day="2027-10-30"), (200, {"id": 3, "fee": 900}), "very late")
            same(post("/loans", **{**good, "tool": 3})[0], 409, "who owes 1500")
            same(post("/loans", **{**good, "tool": 3, "member": "Ole"})[0], 201, "who owes nothing")
            same(post("/loans", **{**good, "tool": 4, "member": "Eva", "days": 1})[0], 201, "Eva")
            same(post("/loans/6/return", day="2027-09-10")[1].get("fee"), 900, "six days late")
            same(post("/loans", **{**good, "tool": 4, "member": "Eva"})[0], 201, "who owes 900")
            same(post("/loans", **{**good, "tool": 1, "member": "Eva", "days": 1})[0], 201, "who owes 900")
            same(post("/loans/8/return", day="2027-09-03")[1].get("fee"), 0, "back on its day")
        with TestClient(create_app(Settings("", database))) as client:
            same(client.get("/members/Eva").json(), {"member": "Eva", "open": 1, "fees": 900}, "after a restart")
            same(client.post("/tools", json={"name": "n", "deposit": 1}, headers={"Authorization": "Bearer "}).status_code, 401, "without a token")


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")

"""A task for the simulated developer: two modules, four things that may be wrong with them, and what tells."""

from __future__ import annotations

from slipway.config.task import Bug, Play, Step, Suite, Task

REQUEST = """(T-0a1b2c) Build `shop`, a till.
A line costs its price times its amount.
From ten pieces of a kind on, each costs a tenth less.
The sum is told in cents.
"""
PRICE = '''"""What a line costs."""


def line_cents(price: int, amount: int) -> int:
    """What `amount` pieces of `price` cost."""
    whole = price * amount
    return reduced(whole, amount)


def reduced(whole: int, amount: int) -> int:
    """What is left of it for many pieces."""
    if amount >= 10:
        whole -= whole // 10
    return whole
'''
TILL = '''"""What a basket costs."""

from shop.price import line_cents


def total(basket: list[tuple[int, int]]) -> int:
    """The sum over all lines."""
    cents = 0
    for price, amount in basket:
        cents += line_cents(price, amount)
    return cents
'''
TESTS = '''"""Lines and baskets."""

from shop.price import line_cents
from shop.till import total


def test_c1_a_line() -> None:
    assert line_cents(3, 4) == 12


def test_c1_another_line() -> None:
    assert line_cents(5, 2) == 10


def test_c2_ten_pieces() -> None:
    assert line_cents(10, 10) == 90


def test_c3_a_basket() -> None:
    assert total([(3, 4), (5, 2)]) == 22
'''
HELD_OUT = '''"""Other values."""

from shop.till import total


def test_c3_nothing() -> None:
    assert total([]) == 0
'''
PLUS = Bug(
    id="plus", kind="arithmetic", effect="wrong", file="shop/price.py",
    old="    whole = price * amount\n", new="    whole = price + amount\n",
    others=("    whole = price - amount\n", "    whole = price * amount + 1\n"),
    fails=("tests/test_shop.py::test_c1_a_line", "tests/test_shop.py::test_c1_another_line"),
)  # fmt: skip
NOTHING = Bug(
    id="nothing", kind="return", effect="crash", file="shop/till.py",
    old="    return cents\n", new="    return None\n", others=("    return [cents]\n", "    return basket\n"),
    fails=("tests/test_shop.py::test_c3_a_basket",),
)  # fmt: skip
NO_DISCOUNT = Bug(
    id="no-discount", kind="omission", effect="wrong", file="shop/price.py", requirement="R2",
    old="    if amount >= 10:\n        whole -= whole // 10\n", new="    if amount >= 10:\n        whole -= 0\n",
    others=("    if amount >= 10:\n        whole -= 10\n",), fails=("tests/test_shop.py::test_c2_ten_pieces",),
)  # fmt: skip
SWAPPED = Bug(
    id="swapped", kind="signature", effect="crash", file="shop/till.py", interface="shop/price.py",
    old="        cents += line_cents(price, amount)\n", new="        cents += line_cents((price, amount))\n",
    others=("        cents += line_cents(amount)\n",), fails=("tests/test_shop.py::test_c3_a_basket",),
)  # fmt: skip
BRIEF = {
    "title": "shop", "goal": "A till (T-0a1b2c).",
    "requirements": [
        {"id": "R1", "text": "A line costs its price times its amount."},
        {"id": "R2", "text": "From ten pieces of a kind on, each costs a tenth less."},
        {"id": "R3", "text": "The sum is told in cents."},
    ],
    "criteria": [
        {"id": "C1", "text": "Lines are multiplied.", "requirement": "R1"},
        {"id": "C2", "text": "Ten pieces cost less.", "requirement": "R2"},
        {"id": "C3", "text": "A basket is summed.", "requirement": "R3"},
    ],
    "assumptions": [], "questions": [],
}  # fmt: skip
PLAN = {
    "summary": "T-0a1b2c, lines and their sum.",
    "components": [
        {"id": "price", "purpose": "Lines.", "files": ["shop/price.py"],
         "interface": "def line_cents(price: int, amount: int) -> int", "depends_on": []},
        {"id": "till", "purpose": "Sums.", "files": ["shop/till.py"],
         "interface": "def total(basket: list[tuple[int, int]]) -> int", "depends_on": ["price"]},
    ],
    "tests": ["tests/test_shop.py", "tests/test_held_out.py"], "route": "crew",
}  # fmt: skip


def task() -> Task:
    """The task."""
    files = {
        "shop/price.py": PRICE, "shop/till.py": TILL, "tests/test_shop.py": TESTS, "tests/test_held_out.py": HELD_OUT,
    }  # fmt: skip
    step = Step(
        request=REQUEST,
        reference={path: text.encode() for path, text in files.items()},
        acceptance={"acceptance.py": b"raise SystemExit(0)\n"},
        bugs=(PLUS, NOTHING, NO_DISCOUNT, SWAPPED),
        play=Play(brief=BRIEF, plan=PLAN),
    )
    return Task(
        id="shop", family="new", summary="a till", opaque="T-0a1b2c", licence="Apache-2.0", steps=(step,), digest="0"
    )


def suite() -> Suite:
    """The task alone."""
    return Suite(name="shops", summary="one task", tasks=(task(),), digest="0")

"""What a model is shown of a project: what the request names comes first, within the budget, the same each time."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.tools.code import code_map

DEMO = Path(__file__).parents[3] / "models/scripted/demos/change"

SHOP = {
    path: text.encode()
    for path, text in {
        "README.md": "# shop\n",
        "shop/__init__.py": "",
        "shop/cart.py": (
            "from shop.money import Money\n\n\nclass Cart:\n    def add(self, item: str, price: Money) -> None: ...\n"
            "    def total(self) -> Money: ...\n"
        ),
        "shop/money.py": (
            "class Money:\n    def plus(self, other: 'Money') -> 'Money': ...\n\n\ndef parse_money(text): ...\n"
        ),
        "shop/invoice.py": (
            "from shop.cart import Cart\n\n\ndef render_invoice(cart: Cart) -> str:\n    return cart.total()\n"
        ),
        "shop/shipping.py": "from shop.money import Money\n\n\ndef shipping_cost(weight: int) -> Money: ...\n",
        "shop/discounts.py": "from shop.cart import Cart\n\n\ndef voucher(cart: Cart, code: str): ...\n",
        "tests/test_cart.py": (
            "from shop.cart import Cart\n\n\ndef test_shipping_cost_of_heavy_parcels_is_added(): Cart()\n"
        ),
    }.items()
}


def test_what_the_request_names_ranks_first() -> None:
    shown = code_map(SHOP, words=["Add the weight of parcels to what shipping costs"], tokens=150)
    assert shown == (
        "shop/shipping.py:\n"
        "    4  def shipping_cost(weight: int) -> Money\n"
        "shop/cart.py:\n"
        "    4  class Cart\n"
        "    5    def add(self, item: str, price: Money) -> None\n"
        "    6    def total(self) -> Money\n"
        "shop/money.py:\n"
        "    1  class Money\n"
        "    2    def plus(self, other: 'Money') -> 'Money'\n"
        "    5  def parse_money(text)\n"
        "tests/test_cart.py:\n"
        "    4  def test_shipping_cost_of_heavy_parcels_is_added()\n"
        "README.md\n"
        "shop/__init__.py\n"
        "shop/discounts.py:\n"
        "    4  def voucher(cart: Cart, code: str)\n"
        "shop/invoice.py\n"
    )


def test_the_demo_project_is_shown_by_what_its_request_names() -> None:
    """A real-shaped project: the file that the change is about is first, and its callers are there."""
    files = {str(path.relative_to(DEMO)): path.read_bytes() for path in DEMO.rglob("*.py")}
    shown = code_map(files, words=["a minimum for each item, kept in its row of the file"], tokens=300)
    assert shown.startswith("pantry/items.py:\n") and "def from_row(cls, row: dict)" in shown
    assert code_map(files, words=["print statistics on the command line, cli"], tokens=60).startswith("pantry/cli.py:")


def test_focus_comes_first_whatever_the_words_say() -> None:
    shown = code_map(SHOP, focus=["shop/discounts.py", "none.py"], words=["shipping costs"], tokens=60)
    assert shown.splitlines()[:2] == ["shop/discounts.py:", "    4  def voucher(cart: Cart, code: str)"]


@settings(max_examples=60, deadline=None)
@given(tokens=st.integers(0, 250), seed=st.randoms(), focus=st.sets(st.sampled_from(sorted(SHOP))))
def test_the_budget_holds_and_order_does_not_count(tokens: int, seed: random.Random, focus: set[str]) -> None:
    shown = code_map(SHOP, focus=focus, words=["cart"], tokens=tokens)
    assert len(shown.encode()) <= 4 * tokens
    paths = list(SHOP)
    seed.shuffle(paths)
    assert code_map({path: SHOP[path] for path in paths}, focus=list(focus), words=["cart"], tokens=tokens) == shown


def test_a_hostile_project_cannot_break_the_page() -> None:
    files = {
        "a\u202eb.py": b"def f\xe2\x80\xae(x): pass\n",
        "b.py": b"def g(" + b"x, " * 500 + b"): pass\n",
        "c.rb": b"x",
    }
    shown = code_map(files, tokens=500)
    assert "\u202e" not in shown and max(map(len, shown.splitlines())) < 200 and shown.endswith("c.rb\n")
    assert code_map({}, tokens=100) == ""


def test_two_thousand_files_take_seconds() -> None:
    """Measured on two cores: about 3 s for 2,000 files of 4 KB; the bound leaves room for a busy machine."""
    body = b"".join(b"def name_%d_@(a, b):\n    return other_%d_@(a) + name_%d_#(b)\n\n" % (n, n, n) for n in range(60))
    files = {
        f"p{n // 50}/m{n}.py": body.replace(b"@", b"%d" % n).replace(b"#", b"%d" % ((n * 7) % 2000))
        for n in range(2000)
    }
    started = time.perf_counter()
    shown = code_map(files, words=["name 77"], tokens=2000)
    assert time.perf_counter() - started < 100 and 6000 < len(shown) <= 8000


@pytest.mark.parametrize("words", [[], ["zzz"], ["   "], ["\ud800"]])
def test_words_that_say_nothing_change_nothing(words: list[str]) -> None:
    assert code_map(SHOP, words=words, tokens=200) == code_map(SHOP, tokens=200)

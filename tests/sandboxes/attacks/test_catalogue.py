"""Keeps the list of attacks whole: what must be tried is tried, and the page that reviewers read says so."""

from __future__ import annotations

from catalogue import HERE, ITEMS, PAGE, elsewhere, every_attack, page


def test_every_item_is_tried() -> None:
    assert {attack.item for attack in every_attack()} == set(ITEMS)


def test_every_attack_says_what_it_tries_and_what_is_safe() -> None:
    assert [attack.place for attack in every_attack() if not (attack.tries and attack.safe)] == []


def test_what_stands_elsewhere_is_there() -> None:
    assert [attack.place for attack in elsewhere() if not list(HERE.parents[2].glob(attack.place))] == []


def test_the_page_is_in_step() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/sandboxes/attacks/catalogue.py"

"""The report is read in pull requests and terminals: what it says of a small experiment, whole."""

from __future__ import annotations

from pathlib import Path

from slipway.experiments.reporting import as_markdown, summarise

from .making import cell, made, small, step

SMALL = Path(__file__).parent / "small.md"


def test_the_whole_of_a_small_one() -> None:
    told = as_markdown(summarise(small(), title="Experiment tiny", notes=["1 cell of 9 not done yet."]))
    assert told == SMALL.read_text(encoding="utf-8")


def test_what_others_wrote_is_text() -> None:
    evil = "<img src=x>|`a`"
    told = as_markdown(summarise([made(cell("a"), step(misses={evil: {"coder": 1}}))]))
    assert "<img" not in told and "&lt;img src=x&gt;&#124;" in told

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...state.text import visible
from .base import Summary
from .plots import plots
from .tables import headline, tables

_HERE = Path(__file__).parent


def as_html(summary: Summary) -> str:
    """The summary as one HTML page with pictures that needs nothing beside it, runs nothing and asks no network."""
    page = _environment().get_template("page.html")
    shown = {"headline": headline(summary), "plots": plots(summary), "tables": tables(summary)}
    return visible(page.render(summary=summary, style=(_HERE / "page.css").read_text(), **shown))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...state.text import visible
from .base import Report

_KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def html(report: Report) -> str:
    """`report` as one HTML page that needs nothing beside it, runs nothing and asks no network.

    ValueError where a picture is none of PNG, JPEG, GIF and WebP.
    """
    page = _environment().get_template("report.html")
    return visible(page.render(report=report, style=_style()))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    filters = cast("dict[str, Any]", made.filters)
    filters["data_uri"], filters["tone"] = _data_uri, _tone
    return made


@cache
def _style() -> str:
    return (Path(__file__).parent / "report.css").read_text()


def _data_uri(picture: bytes) -> str:
    for start, kind in _KINDS:
        if picture.startswith(start):
            return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
    raise ValueError(f"a picture of a report begins with {picture[:8]!r}; give a PNG, JPEG, GIF or WebP")


def _tone(status: str) -> str:
    """The colour of a status, by its meaning."""
    if status in ("delivered", "proven", "passed"):
        return "good"
    if status in ("failed", "error", "gave_up", "conflict", "not run", "cancelled"):
        return "bad"
    return "idle" if status == "does not apply" else "open"

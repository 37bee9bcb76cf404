"""What a cell holds."""

from __future__ import annotations

from datetime import date

Value = str | int | float | bool | None
_WORDS: dict[str, bool | None] = {"": None, "null": None, "true": True, "false": False}


def value(cell: str) -> Value:
    """A cell as a value of JSON; a date stays text, in the form YYYY-MM-DD."""
    text = cell.strip()
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _keeps_zeros(text):
        return text
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return _date(text)


def _keeps_zeros(text: str) -> bool:
    """Whether it is a code, such as a postcode, rather than a number."""
    return len(text) > 1 and text.startswith("0") and text.isdigit()


def _date(text: str) -> str:
    day, _, rest = text.partition(".")
    month, _, year = rest.partition(".")
    if not (day.isdigit() and month.isdigit() and year.isdigit()):
        return text
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return text

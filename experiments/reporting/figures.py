"""Numbers as a person reads them; what is not known is `-`, and a bound that nobody knows is open."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from ..statistics import Estimate

MISSING = "-"

Figure = Callable[[float], str]
"""Says a number that is finite."""


def percent(value: float) -> str:
    """A share, in percent."""
    return f"{100 * value:.0f} %"


def points(value: float) -> str:
    """A difference of shares, in percentage points."""
    return f"{round(100 * value):+,}" if round(100 * value) else "0"


def money(value: float) -> str:
    """USD, in as many digits as tell something."""
    digits = 2 if abs(value) >= 1 or value == 0 else 4
    return _positive(f"{value:,.{digits}f}")


def whole(value: float) -> str:
    """A number of things."""
    return _positive(f"{value:,.0f}")


def duration(value: float) -> str:
    """Seconds."""
    return f"{_positive(f'{value:,.1f}')} s" if abs(value) < 100 else f"{value:,.0f} s"


def times(value: float) -> str:
    """A multiple."""
    return f"{value:.2f}x"


def signed(figure: Figure) -> Figure:
    """`figure` with a plus before what is more."""
    return lambda value: f"{'+' if value > 0 and re.search('[1-9]', figure(value)) else ''}{figure(value)}"


def maybe(value: float | None, figure: Figure) -> str:
    """`value`, or that it is missing."""
    return MISSING if value is None or math.isnan(value) else figure(value)


def told(estimate: Estimate, figure: Figure) -> str:
    """A value with its interval; without bounds it has none."""
    if not estimate.known:
        return MISSING
    if math.isinf(estimate.high) and (math.isinf(estimate.low) or estimate.low == 0):
        return f"{figure(estimate.value)} ({MISSING})"
    return f"{figure(estimate.value)} ({_bound(estimate.low, figure)} to {_bound(estimate.high, figure)})"


def chance(p: float | None) -> str:
    """How likely chance alone is."""
    if p is None:
        return MISSING
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _bound(value: float, figure: Figure) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return figure(value)


def _positive(text: str) -> str:
    """Without the sign of what was rounded to nothing."""
    return text if re.search("[1-9]", text) else text.removeprefix("-")

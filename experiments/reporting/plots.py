"""Pictures of a summary as SVG that stands in a page: text stays text, and nothing refers to anything outside."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...config.lineup import ROLES
from ...state.text import visible
from ..statistics import Estimate
from .base import Comparison, Group, Summary

_INK, _MUTED, _LINE, _BAD, _GOOD = "#1b2430", "#5c6876", "#d9dee5", "#a92626", "#12714a"
_COLOURS = (
    "#4477aa", "#cc6677", "#117733", "#ddaa33", "#882255", "#44aa99", "#999933", "#88ccee", "#aa4499", "#bbbbbb",
)  # fmt: skip
"""Paul Tol's muted palette, which the colour-blind tell apart."""
_MARKERS = "osD^vPXp*"
_WIDTH = 8.6  # inches
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.color": _INK,
    "text.parse_math": False,
    "axes.labelcolor": _MUTED,
    "axes.edgecolor": _LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "grid.color": _LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}
_FONT = re.compile(r"font: ([\d.]+px) [^;\"]*")


@dataclass(frozen=True)
class Plot:
    """A picture with what it shows."""

    title: str
    caption: str
    svg: str


def plots(summary: Summary) -> tuple[Plot, ...]:
    """All that there is something to show in."""
    with mpl.rc_context(_STYLE):
        made = (_front(summary), _forest(summary), _stages(summary), _misses(summary))
        return tuple(plot for plot in made if plot)


# --- success against cost --------------------------------------------------------------------------------------------


def _front(summary: Summary) -> Plot | None:
    """Success against what a success costs; in tokens where no cost is known."""
    priced = any(group.per_success.usd.known for group in summary.wholes)
    price = {g.lineup: g.per_success.usd if priced else g.per_success.tokens for g in summary.wholes}
    shown = [group for group in summary.wholes if price[group.lineup].known]
    if not shown:
        return None
    prices = [price[group.lineup] for group in shown]
    figure, axes = _axes(4.2)
    points = [(price[group.lineup].value, 100 * group.success.value) for group in shown]
    front = pareto(points)
    marks = [_mark(axes, at, price[group.lineup], group.success, front[at]) for at, group in enumerate(shown)]
    line = sorted(point for point, best in zip(points, front, strict=True) if best)
    axes.plot(*zip(*line, strict=True), color=_INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    axes.set(xlabel=f"{'cost (USD)' if priced else 'tokens'} per successful outcome", ylabel="success (%)")
    axes.set_xlim(0, _upper(prices))
    axes.set_ylim(10 * math.floor(10 * min(group.success.low for group in shown)) - 3, 103)
    axes.grid(visible=True)
    _key(figure, [group.lineup for group in shown], points, marks, front)
    caption = (
        "Up and to the left is better. On the dashed line and in bold, the Pareto front: no other line-up is as good "
        f"and cheaper, or better for as much. Bars: 95 % intervals.{_cut(prices)}"
    )
    if gone := [group.lineup for group in summary.wholes if group not in shown]:
        caption += f" Not shown, as there is no such cost: {', '.join(gone)}."
    return Plot("Success against cost", caption, _svg(figure, "front"))


def pareto(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Of each (cost, success), whether no other point is as good in both and better in one."""
    return [
        not any(c <= cost and s >= success and (c, s) != (cost, success) for c, s in points)
        for cost, success in points
    ]  # fmt: skip


def _mark(axes: Axes, at: int, cost: Estimate, success: Estimate, best: bool) -> Line2D:
    """The `at`-th line-up's point with its intervals; those of the front lie above the others."""
    colour, marker = _COLOURS[at % len(_COLOURS)], _MARKERS[at % len(_MARKERS)]
    beyond = 1e3 * max(cost.value, 1e-9)  # what is infinite goes out of the picture
    high = min(cost.high, beyond)
    axes.plot([max(0.0, cost.low), high], [100 * success.value] * 2, color=colour, linewidth=1.4, alpha=0.6)
    axes.plot([cost.value] * 2, [100 * success.low, 100 * success.high], color=colour, linewidth=1.4, alpha=0.6)
    look: dict[str, Any] = {"color": colour, "markersize": 9, "markeredgecolor": "white", "zorder": 4 if best else 3}
    return axes.plot([cost.value], [100 * success.value], marker, **look)[0]


def _key(
    figure: Figure, lineups: Sequence[str], points: Sequence[tuple[float, float]], marks: Sequence[Line2D],
    front: Sequence[bool],
) -> None:  # fmt: skip
    """Name the marks beside the picture, from the best down: in it, names of neighbours would hide each other."""
    order = sorted(range(len(points)), key=lambda at: (-points[at][1], points[at][0]))
    names = [visible(lineups[at]) for at in order]
    legend = figure.legend([marks[at] for at in order], names, loc="outside right upper", handlelength=1.0)
    for text, at in zip(legend.get_texts(), order, strict=True):
        text.set_fontweight("bold" if front[at] else "normal")


def _upper(prices: Sequence[Estimate]) -> float:
    """So far right that each interval can be seen, unless it is much longer than all values are."""
    most = max(price.value for price in prices)
    ends = [price.high for price in prices if price.high <= 4 * most]
    return 1.18 * max([most, *ends]) or 1.0


def _cut(prices: Sequence[Estimate]) -> str:
    return " One that leaves the picture goes on." if any(price.high > _upper(prices) for price in prices) else ""


# --- differences -----------------------------------------------------------------------------------------------------


def _forest(summary: Summary) -> Plot | None:
    rows = [each for each in summary.comparisons if each.success.difference.known]
    if not rows:
        return None
    figure, axes = _axes(0.9 + 0.3 * len(rows))
    for at, each in enumerate(rows):
        found, whole = each.success.difference, each.family is None
        sure = found.low > 0 or found.high < 0
        colour = (_GOOD if found.value > 0 else _BAD) if sure else _MUTED
        axes.plot([100 * found.low, 100 * found.high], [at, at], color=colour, linewidth=2.4 if whole else 1.2)
        axes.plot([100 * found.value], [at], "s" if whole else "o", color=colour, markersize=7 if whole else 4.5)
    axes.axvline(0, color=_INK, linewidth=0.9, zorder=0)
    axes.set_yticks(range(len(rows)), [_row_name(each) for each in rows])
    for label, each in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_color(_INK if each.family is None else _MUTED)
        label.set_fontweight("bold" if each.family is None else "normal")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    widest = max(max(abs(100 * e.success.difference.low), abs(100 * e.success.difference.high)) for e in rows)
    axes.set_xlim(-(bound := min(105.0, max(10.0, 1.08 * widest))), bound)
    axes.set_xlabel(f"success less that of {visible(str(summary.baseline))}, in percentage points")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x")
    caption = (
        f"On the cells that both have; 95 % intervals. Right of 0 it does better than {summary.baseline}; coloured "
        "where the interval does not hold 0, not corrected for the number of rows."
    )
    return Plot(f"Differences from {summary.baseline}", caption, _svg(figure, "forest"))


def _row_name(each: Comparison) -> str:
    return f"    {each.family}" if each.family else visible(each.lineup)


# --- stages ----------------------------------------------------------------------------------------------------------


def _stages(summary: Summary) -> Plot | None:
    groups = [group for group in summary.wholes if sum(part.tokens for part in group.stages)]
    names = list(dict.fromkeys(p.name for group in summary.wholes for p in group.stages if p.tokens))
    if not groups:
        return None
    figure, axes = _axes(1.25 + 0.42 * len(groups))
    longest = max(sum(part.tokens for part in group.stages) / group.cells for group in groups)
    for at, group in enumerate(groups):
        left = 0.0
        for part in group.stages:
            width = part.tokens / group.cells
            colour = _COLOURS[names.index(part.name) % len(_COLOURS)] if part.tokens else _LINE
            axes.barh(at, width, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.8)
            if width > 0.07 * longest and part.of_tokens:
                text = f"{100 * part.of_tokens:.0f} %"
                axes.text(left + width / 2, at, text, ha="center", va="center", fontsize=8, color=_on(colour))
            left += width
    axes.set_yticks(range(len(groups)), [visible(group.lineup) for group in groups])
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_xlim(0, 1.02 * longest)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    _plain(axes)
    axes.set_xlabel("tokens a cell, in and out")
    handles = [Patch(color=_COLOURS[at % len(_COLOURS)], label=visible(n) or "(none)") for at, n in enumerate(names)]
    figure.legend(
        handles=handles, loc="outside upper left", ncols=min(len(names), 7), handlelength=1.0, columnspacing=1.3
    )
    return Plot("Tokens by stage", "Of an average cell that was done, whatever came of it.", _svg(figure, "stages"))


def _on(colour: str) -> str:
    """Black or white, whichever can be read on `colour`."""
    red, green, blue = to_rgb(colour)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.6 else _INK


# --- gate misses -----------------------------------------------------------------------------------------------------


def _misses(summary: Summary) -> Plot | None:
    groups = [group for group in summary.wholes if group.misses]
    if not groups:
        return None
    kinds = sorted({kind for group in groups for kind in group.misses})
    there = {role for group in groups for by_role in group.misses.values() for role in by_role}
    roles = [role for role in ROLES if role in there] + sorted(there - set(ROLES))
    across = min(len(groups), 3)
    down = math.ceil(len(groups) / across)
    figure = _figure(down * (1.0 + 0.3 * len(kinds)) + 0.1)
    grid = figure.subplots(down, across, squeeze=False, sharex=False, sharey=True)
    most = max(_times(group, kind, role) for group in groups for kind in kinds for role in roles)
    for axes in grid.flat:
        axes.set_visible(False)
    for axes, group in zip(grid.flat, groups, strict=False):
        axes.set_visible(True)
        _heat(axes, group, kinds, roles, most)
    caption = "How often in a cell, on average, the prompts of a simulated model lacked a kind of fact, by role."
    return Plot("Gate misses", caption, _svg(figure, "misses"))


def _times(group: Group, kind: str, role: str) -> float:
    return group.misses.get(kind, {}).get(role, 0) / group.cells


def _heat(axes: Axes, group: Group, kinds: Sequence[str], roles: Sequence[str], most: float) -> None:
    values = [[_times(group, kind, role) for role in roles] for kind in kinds]
    axes.pcolormesh(values, cmap="Oranges", vmin=0, vmax=most, edgecolors="white", linewidth=1.5)
    axes.set_ylim(len(kinds), 0)
    for row, kind in enumerate(kinds):
        for column, role in enumerate(roles):
            if value := _times(group, kind, role):
                colour = "white" if value > 0.65 * most else _INK
                axes.text(column + 0.5, row + 0.5, f"{value:.2g}", ha="center", va="center", fontsize=8.5, color=colour)
    axes.set_xticks([at + 0.5 for at in range(len(roles))], [visible(role) or "(none)" for role in roles], fontsize=8.5)
    axes.set_yticks([at + 0.5 for at in range(len(kinds))], [visible(kind) for kind in kinds])
    axes.set_title(visible(group.lineup), fontsize=9.5, fontweight="bold", loc="left", color=_INK)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


# --- what they share -------------------------------------------------------------------------------------------------


def _figure(height: float) -> Figure:
    return Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="none")


def _axes(height: float) -> tuple[Figure, Axes]:
    figure = _figure(height)
    axes = figure.subplots()
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    return figure, axes


def _plain(axes: Axes) -> None:
    axes.tick_params(axis="y", length=0, labelcolor=_INK)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x")


def _svg(figure: Figure, name: str) -> str:
    """The element alone; the same figure gives the same text, and no id is another figure's."""
    FigureCanvasSVG(figure)
    stream = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawn = stream.getvalue()
    drawn = _FONT.sub(r"font-size: \1", drawn[drawn.index("<svg") :])
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', drawn))
    return re.sub(r' id="([^"]+)"', lambda found: found.group() if found[1] in used else "", drawn)

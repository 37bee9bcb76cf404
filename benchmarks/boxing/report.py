"""What is shown of the samples, and the goals that they are held to."""

from __future__ import annotations

from collections.abc import Iterator

from saving.judging import Goal, table

from .commands import FLOOR
from .setting import Measured
from .turns import Samples, Summary

_P10, _MEDIAN = 2.0, 2.5
"""Times the floor."""
_CHECKOUT, _WRITE, _FORK = 2.0, 40.0, 50.0
"""Milliseconds."""


def sections(found: Measured) -> Iterator[str]:
    """One table each, of what was measured."""
    yield from _compared("`/bin/true`, a command at a time", found.commands)
    yield from _compared("the same beside others", found.beside)
    yield from _plain("taken from a pool in which one is warm, its health checked", found.checkout)
    yield from _plain("1,000 files of 2 KB in one call", found.files)
    yield from _plain("a fork of 20,000 files, from a warm pool, the source unchanged", found.forks)
    yield from _rates("commands with 8 at once", found.crowd)
    yield from _plain("a request to a preview (Python's http.server, a connection each)", found.previews)
    yield from _plain("from cold, the first command included; closing", found.openings)


def _compared(title: str, samples: Samples) -> Iterator[str]:
    if not samples:
        return
    floor = Summary.of(samples[FLOOR])
    rows = []
    for name, summary in _sorted(samples):
        ratios = f"{summary.median / floor.median:.2f}", f"{summary.p10 / floor.p10:.2f}"
        rows.append((name, f"{summary.median:.2f}", f"{summary.p10:.2f}", *ratios, summary.count))
    yield table((title, "median, ms", "p10, ms", f"/ {FLOOR}", "p10 / p10", "N"), rows)


def _plain(title: str, samples: Samples) -> Iterator[str]:
    rows = [(name, f"{one.median:.2f}", f"{one.p10:.2f}", one.count) for name, one in _sorted(samples)]
    if rows:
        yield table((title, "median, ms", "p10, ms", "N"), rows)


def _rates(title: str, samples: Samples) -> Iterator[str]:
    rows = [(name, f"{1000 / one.median:.0f}", one.count) for name, one in _sorted(samples)]
    if rows:
        yield table((title, "a second", "N"), rows)


def _sorted(samples: Samples) -> list[tuple[str, Summary]]:
    return sorted(((name, Summary.of(seconds)) for name, seconds in samples.items()), key=lambda pair: pair[1].median)


def goals(found: Measured) -> list[Goal]:
    """What must hold, of what was measured."""
    return [*_commands(found), *_checkout(found), *_write(found), *_fork(found)]


def _commands(found: Measured) -> Iterator[Goal]:
    summaries = {name: Summary.of(seconds) for name, seconds in found.commands.items()}
    for name, summary in summaries.items():
        if name != FLOOR:
            floor = summaries[FLOOR]
            yield Goal(f"exec-p10-{name}", summary.p10 / floor.p10, _P10, f"x {FLOOR}")
            yield Goal(f"exec-median-{name}", summary.median / floor.median, _MEDIAN, f"x {FLOOR}")


def _checkout(found: Measured) -> Iterator[Goal]:
    for name, seconds in found.checkout.items():
        yield Goal(f"checkout-{name}", Summary.of(seconds).median, _CHECKOUT, "ms")


def _write(found: Measured) -> Iterator[Goal]:
    for name, seconds in found.files.items():
        backend, _, what = name.partition(", ")
        if what == "write":
            yield Goal(f"write-{backend}", Summary.of(seconds).median, _WRITE, "ms")


def _fork(found: Measured) -> Iterator[Goal]:
    for name, seconds in found.forks.items():
        if name.startswith("bubblewrap"):  # which is a copy, and misses the goal, where overlay is not to be had
            yield Goal("fork-bubblewrap", Summary.of(seconds).median, _FORK, "ms")

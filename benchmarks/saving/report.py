"""What is shown of the samples, and the goals that they are held to."""

from __future__ import annotations

from collections.abc import Sequence

from .judging import Goal, Spread, difference, table, windows
from .looping import Trial
from .measuring import Samples, Setting
from .publishing import Publishing
from .savers import FLOOR, OURS

_MOST_STEP = 2.0
"""Milliseconds."""
_MOST_GROWTH = 1.2
_MOST_DIFFERENCE = 5.0
"""Percent."""
_MOST_RELOAD = 50.0
"""Milliseconds."""


def _step(samples: Samples, name: str) -> Spread:
    return Spread.of([trial.step * 1000 for trial in samples.trials[name]])


def _cpu(setting: Setting, samples: Samples, name: str) -> Spread:
    return Spread.of([trial.cpu / setting.steps * 1000 for trial in samples.trials[name]])


def _ratio(samples: Samples, name: str, other: str) -> Spread:
    """Repeat by repeat."""
    pairs = zip(samples.trials[name], samples.trials[other], strict=True)
    return Spread.of([one.step / two.step for one, two in pairs])


def _growth(trials: Sequence[Trial | Publishing], width: int) -> Spread:
    times = [windows(trial.times, width) for trial in trials]
    return Spread.of([each[-1] / each[0] for each in times])


def _reload(samples: Samples, name: str) -> Spread | None:
    times = [trial.reload * 1000 for trial in samples.trials[name] if trial.reload is not None]
    return Spread.of(times) if times else None


def comparison(setting: Setting, samples: Samples) -> str:
    """The savers, one a row."""
    rows = []
    for kind in setting.kinds:
        reload = _reload(samples, kind.name)
        rows.append((
            kind.name,
            _step(samples, kind.name).shown(),
            _cpu(setting, samples, kind.name).shown(),
            _ratio(samples, kind.name, FLOOR.name).shown(),
            _ratio(samples, OURS.name, kind.name).shown(),
            _growth(samples.trials[kind.name], setting.window).shown(),
            reload.shown(1) if reload else "keeps nothing",
        ))  # fmt: skip
    heads = (
        "saver",
        "ms per step",
        "CPU of the client, ms",
        "/ no saver",
        "slipway / it",
        "last / first window",
        "reload, ms",
    )
    return table(heads, rows)


def flatness(setting: Setting, samples: Samples) -> str:
    """The projects, one a row."""
    rows = []
    for name, done in samples.publishings.items():
        first, last = _windows(done, setting.window)
        row = [name, f"{first.median:.2f}", f"{last.median:.2f}", _growth(done, setting.window).shown()]
        for what, digits in (("requests", 1), ("commands", 1), ("bytes", 0)):
            early, late = _counted(done, what)
            row.append(f"{early:.{digits}f} / {late:.{digits}f}")
        rows.append([*row, f"{Spread.of([one.stored for one in done]).median:.0f}"])
    heads = ("a step publishes to", "ms, first", "ms, last", "last / first window")
    return table((*heads, "requests", "commands", "bytes sent", "bytes kept"), rows)


def _windows(done: Sequence[Publishing], width: int) -> tuple[Spread, Spread]:
    """Milliseconds a step in the first window and in the last."""
    times = [windows(one.times, width) for one in done]
    return tuple(Spread.of([each[at] / width * 1000 for each in times]) for at in (0, -1))


def _counted(done: Sequence[Publishing], what: str) -> tuple[float, float]:
    return tuple(Spread.of([counts[what] for counts in side]).median for side in _sides(done))


def _sides(done: Sequence[Publishing]) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    return [one.early for one in done], [one.late for one in done]


def target(samples: Samples) -> Spread:
    """A step of ours in units of two floors and two round trips, repeat by repeat."""
    repeats = zip(samples.trials[OURS.name], samples.trials[FLOOR.name], samples.round_trips, strict=True)
    return Spread.of([ours.step / (2 * floor.step + 2 * trip) for ours, floor, trip in repeats])


def goals(setting: Setting, samples: Samples) -> list[Goal]:
    """What must hold."""
    reload = _reload(samples, OURS.name)
    assert reload
    return [
        Goal("step", _step(samples, OURS.name).median, _MOST_STEP, "ms"),
        Goal("step-target", target(samples).median, 1.0, "x (2 floors + 2 round trips)"),
        Goal("reload", reload.median, _MOST_RELOAD, "ms"),
        Goal("growth", _growth(samples.trials[OURS.name], setting.window).median, _MOST_GROWTH, "x"),
        *(goal for name, done in samples.publishings.items() for goal in _flat(name, done, setting.window)),
    ]


def _flat(name: str, done: Sequence[Publishing], width: int) -> list[Goal]:
    suffix = name.replace(" ", "-")
    differences = {what: difference(*_counted(done, what)) for what in ("commands", "bytes")}
    return [
        Goal(f"growth-{suffix}", _growth(done, width).median, _MOST_GROWTH, "x"),
        *(Goal(f"{what}-{suffix}", value, _MOST_DIFFERENCE, "%") for what, value in differences.items()),
    ]

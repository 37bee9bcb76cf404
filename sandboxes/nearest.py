from __future__ import annotations

_LINES = 5000
_WIDTH = 200
_SHOWN = 3
_LIKE = 0.6


def nearest(text: str, wanted: str) -> str:
    """Which lines of `text` are most like the first lines of `wanted`, as the end of a sentence; "" where none is."""
    best = [f"line {number} is {line[:_WIDTH]!r}" for number, line in likest(text, wanted)]
    return f"; {', '.join(best)}" if best else ""


def likest(text: str, wanted: str) -> list[tuple[int, str]]:
    """The lines of `text`, with their numbers, that are most like the first line of `wanted`, the likest first.

    Likeness is Dice's coefficient of the pairs of characters, which takes time linear in both texts.
    """
    looked_for = next((line for line in wanted.splitlines() if line.strip()), "")
    pairs = _pairs(looked_for)
    lines = [(number, line) for number, line in enumerate(text.splitlines()[:_LINES], 1) if line.strip()]
    rated = sorted(((-_likeness(pairs, _pairs(line)), number, line) for number, line in lines))
    enough = max(_LIKE, -0.9 * rated[0][0]) if rated else 1.0
    return [(number, line) for rate, number, line in rated[:_SHOWN] if -rate >= enough]


def _pairs(line: str) -> set[str]:
    plain = f" {' '.join(line[:_WIDTH].split())} "
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def _likeness(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))

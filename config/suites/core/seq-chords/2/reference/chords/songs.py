"""Songs with chords in brackets."""

import re
from collections import Counter

from chords.notes import move_chord

CHORD = re.compile(r"\[([^\[\]]+)\]")


def move_song(text: str, steps: int, flats: bool = False) -> str:
    """The song with its chords `steps` half tones higher; ValueError where one is none."""
    return CHORD.sub(lambda found: f"[{move_chord(found[1], steps, flats)}]", text)


def count_chords(text: str) -> list[tuple[str, int]]:
    """Each chord and how often it is there, the most frequent first, then by name."""
    found = Counter(CHORD.findall(text))
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

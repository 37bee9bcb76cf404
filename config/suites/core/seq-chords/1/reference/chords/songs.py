"""Songs with chords in brackets."""

import re

from chords.notes import move_chord

CHORD = re.compile(r"\[([^\[\]]+)\]")


def move_song(text: str, steps: int) -> str:
    """The song with its chords `steps` half tones higher; ValueError where one is none."""
    return CHORD.sub(lambda found: f"[{move_chord(found[1], steps)}]", text)

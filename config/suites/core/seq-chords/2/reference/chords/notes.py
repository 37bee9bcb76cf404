"""Notes and chords."""

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
AS_FLAT = {sharp: flat for flat, sharp in FLATS.items()}


def move_note(note: str, steps: int, flats: bool = False) -> str:
    """The note that is `steps` half tones higher; ValueError where it is none."""
    sharp = FLATS.get(note, note)
    if sharp not in NOTES:
        raise ValueError(f"no note {note}")
    moved = NOTES[(NOTES.index(sharp) + steps) % len(NOTES)]
    return AS_FLAT.get(moved, moved) if flats else moved


def move_chord(chord: str, steps: int, flats: bool = False) -> str:
    """The chord that is `steps` half tones higher; ValueError where it is none."""
    name, slash, bass = chord.partition("/")
    root, rest = _split(name)
    try:
        moved = move_note(root, steps, flats) + rest
        return moved + slash + move_note(bass, steps, flats) if slash else moved
    except ValueError as error:
        raise ValueError(f"no chord {chord}") from error


def _split(name: str) -> tuple[str, str]:
    """The note that a chord begins with, and what follows it."""
    length = 2 if name[1:2] in ("#", "b") else 1
    return name[:length], name[length:]

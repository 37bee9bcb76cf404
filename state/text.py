"""What text of others may hold, and how it is shown: without what hides in it, and marked as theirs."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_KEPT = frozenset("\n\t")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs"})
# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, as far as its category does not tell: fillers,
# joiners, variation selectors, tags and what is reserved for more of them.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
_OF_EMOJI = frozenset("\ufe0e\ufe0f")
"""Choose between the two pictures of the character before them."""
_KEYCAPS = frozenset("0123456789#*")
_PLAIN = re.compile(r"[\t\n -~]*")
_ENDS = re.compile("\r\n|[\u2028\u2029]")
"""Of lines. The last two end a line for JavaScript, and so a comment, and show nowhere."""
_SOURCE = 120
"""Characters of a source that are told."""


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`: for nouns whose plural ends in s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def visible(text: str) -> str:
    """`text` without what could mislead a terminal, a reader or a model.

    No control characters (so no terminal escapes), no bidirectional or other invisible characters (tags, fillers, the
    variation selectors of anything but emoji), no halves of surrogate pairs. Tabs and lines stay; each ends in LF.
    """
    text = _ENDS.sub("\n", text)
    if _PLAIN.fullmatch(text):
        return text
    return "".join(char for at, char in enumerate(text) if char in _KEPT or not _hides(text, at, char))


def hides(text: str) -> int:
    """How many characters of `text` are none of `visible`'s; ends of lines do not count."""
    return len(_ENDS.sub("\n", text)) - len(visible(text))


def encodable(text: str) -> str:
    """`text` with every half of a surrogate pair, which no encoding has a place for, replaced by a question mark."""
    return text.encode("utf-8", "replace").decode()


def quoted(source: str, text: str) -> str:
    """`text`, of which `source` is the origin, as data for a model: `visible`, in a fence that nothing in it closes.

    The fence's mark is made from the text, so that equal texts are quoted equally, and does not occur in it.
    """
    shown = visible(text)
    mark = _mark(shown)
    while mark in shown:
        mark = _mark(mark + shown)
    origin = " ".join(visible(source).split()).replace('"', "'")[:_SOURCE]
    hidden = hides(text)
    left_out = f' hidden-characters-left-out="{hidden}"' if hidden else ""
    return f'<data source="{origin}" mark="{mark}"{left_out}>\n{shown}\n</data mark="{mark}">'


def _hides(text: str, at: int, char: str) -> bool:
    if char in _OF_EMOJI:
        before = text[at - 1] if at else ""
        return not (before in _KEYCAPS or (before and unicodedata.category(before) in ("So", "Sk")))
    return unicodedata.category(char) in _HIDDEN or _IGNORABLE.match(char) is not None


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs"})


def visible(text: str) -> str:
    """`text` without what could mislead a terminal or a reader.

    No control characters (so no terminal escapes), no bidirectional or other invisible format characters, no halves of
    surrogate pairs. Lines and tabs stay.
    """
    return "".join(c for c in text.replace("\r\n", "\n") if c in _KEPT or unicodedata.category(c) not in _HIDDEN)


def encodable(text: str) -> str:
    """`text` with every half of a surrogate pair, which no encoding has a place for, replaced by a question mark."""
    return text.encode("utf-8", "replace").decode()

from __future__ import annotations

import re
from collections.abc import Collection

_DOTS = r"(?:\.{3}|\u2026)"
_OPENS = r"""(?:#|//|/\*+|\*|--|;|%|<!--|\{/\*|\"\"\"|''')\s*"""  # a comment
_THE = r"(?:the\s+)?"
_KEPT = r"(?:rest|remaining|remainder|existing|previous|other|same|unchanged)"
_GONE = (
    r"(?:unchanged|omitted|elided|truncated|snip(?:ped)?|as\s+(?:before|above|is)|the\s+same|stays?|remains?|"
    r"goes\s+here)"
)
_THING = r"(?:code|file|function|method|class|module|implementation|content|logic|import|definition|test|body|line)e?s?"
_LINES = (
    rf"{_OPENS}{_DOTS}[\s(\[]*{_THE}(?:{_KEPT}|{_GONE})\b",  # `# ... existing code ...`
    rf"[\[(<{{]?\s*{_DOTS}\s*{_THE}(?:{_KEPT}|{_GONE})\b",  # `... rest unchanged ...`
    rf"{_OPENS}{_THE}{_KEPT}\s(?:[\w]+\s){{0,3}}{_THING}\s*{_DOTS}",  # `// the rest of the code ...`
    rf"{_OPENS}{_THE}{_KEPT}\s(?:[\w]+\s){{0,5}}{_GONE}\b",  # `# rest of the methods unchanged`
    rf"[\[(<]\s*{_THE}{_KEPT}\s(?:[\w]+\s){{0,5}}{_GONE}\b",  # `[rest of the file omitted]`
    rf"{_OPENS}(?:existing|unchanged)\s+code\W*$",
    rf"{_OPENS}(?:your|add|insert|more)\s+{_THING}\s+(?:goes\s+)?here\b",
    rf"{_OPENS}{_THE}implementation\s+(?:goes\s+)?here\b",
)
_SAYS = re.compile("|".join(rf"\s*{line}" for line in _LINES), re.IGNORECASE)
_LONGEST = 300
"""Characters of a line that is looked at."""


def left_out(text: str, known: Collection[str] = ()) -> tuple[int, str] | None:
    """The first line of `text`, with its number, that stands for code that was left out; lines of `known` may do so.

    `...` alone is Python, and says nothing of that kind.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if line not in known and _SAYS.match(line[:_LONGEST]):
            return number, line.strip()[:_LONGEST]
    return None

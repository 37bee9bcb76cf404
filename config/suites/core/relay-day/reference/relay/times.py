"""Times of races."""

import re

_TIME = re.compile(r"(?:([0-9]{1,2}):)?([0-5][0-9])\.([0-9]{2})")


def parse_time(text: str) -> int:
    """The hundredths of a time such as "1:02.35". ValueError if it is none."""
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no time such as 58.20 or 1:02.35")
    minutes, seconds, hundredths = match.groups()
    return (int(minutes or 0) * 60 + int(seconds)) * 100 + int(hundredths)

"""When a model repeats itself: the same call to the same effect, with nothing changed in between.

It is a pure function of the conversation, as `folding` is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

STUCK = 2
"""So many repeats end the work: the call was made three times."""

_SECONDS = re.compile(r"\d+(?:\.\d+)? ?m?s\b")


@dataclass(frozen=True)
class Done:
    """A call of a tool that was answered."""

    call: str
    """The tool and its arguments; equal texts are equal calls."""
    result: str
    changes: bool
    """Whether it may have changed a file."""
    at: int
    """The place of its answer among the messages."""
    told: bool = True
    """Whether the answer holds the result, and does not just say that it is the same."""

    def like(self, other: Done) -> bool:
        """Whether both are one call with one result, apart from how long it took."""
        return self.call == other.call and _timeless(self.result) == _timeless(other.result)


def repeats(past: Sequence[Done], latest: Done, folded: int = 0) -> int:
    """How often `latest` was made before to the same effect, since the last change that was a new one.

    Only what the model can still see counts: from the newest answer on that was told in full, at or behind the place
    `folded` among the messages.
    """
    since = max((at for at, done in enumerate(past) if done.changes and _new(past[:at], done)), default=0)
    alike = [done for done in past[since:] if done.like(latest)]
    seen = [at for at, done in enumerate(alike) if done.told and done.at >= folded]
    return len(alike) - seen[-1] if seen else 0


def _new(past: Sequence[Done], done: Done) -> bool:
    return all(done.call != earlier.call for earlier in past)


def _timeless(result: str) -> str:
    return _SECONDS.sub("", result)

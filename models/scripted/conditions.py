from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Conversation:
    """What a rule may look at. Nothing here depends on when or in which order requests arrive."""

    role: str
    """From the first line of the system message: `# Role: coder`."""
    turn: int
    """Assistant messages so far; 0 on the first request."""
    texts: tuple[str, ...]
    """The text of every message but the system's, oldest first. Prompts may quote any marker, so they are left out."""

    @property
    def last(self) -> str:
        """The text of the last message; empty where there is none."""
        return self.texts[-1] if self.texts else ""


@dataclass(frozen=True)
class Condition:
    """One thing that a rule demands of a conversation."""

    kind: Literal["contains", "last", "turn"]
    value: str
    """The substring, or the number of the turn in digits."""

    def holds(self, conversation: Conversation) -> bool:
        """Whether `conversation` meets it. A substring must stand within one message."""
        if self.kind == "turn":
            return conversation.turn == int(self.value)
        if self.kind == "last":
            return self.value in conversation.last
        return any(self.value in text for text in conversation.texts)

    def implies(self, other: Condition) -> bool:
        """Whether every conversation that meets this one meets `other`."""
        if self.kind == "turn" or other.kind == "turn":
            return self == other
        return other.value in self.value and (other.kind == "contains" or self.kind == "last")

    def __str__(self) -> str:
        return f"turn {self.value}" if self.kind == "turn" else f"{self.kind} {self.value!r}"

"""What differs from one place to another."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """As the environment has it, where nothing else is said."""

    token: str = field(repr=False)
    """Who writes has to send it; "": nobody can."""
    database: str = "lockers.db"

    @classmethod
    def of_environment(cls) -> Settings:
        """What the variables `LOCKERS_...` say."""
        return cls(os.environ.get("LOCKERS_TOKEN", ""), os.environ.get("LOCKERS_DATABASE", "lockers.db"))

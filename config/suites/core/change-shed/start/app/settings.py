"""What differs from one place to another."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """As the environment has it, where nothing else is said."""

    token: str = field(repr=False)
    """Who writes has to send it; "": nobody can."""
    database: str = "app.db"

    @classmethod
    def of_environment(cls) -> Settings:
        """What the variables `SHED_...` say."""
        return cls(os.environ.get("SHED_TOKEN", ""), os.environ.get("SHED_DATABASE", "app.db"))

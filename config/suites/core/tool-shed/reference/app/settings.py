"""What differs from one place to another."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """As the environment has it, where nothing else is said."""

    token: str = field(repr=False)
    """Who writes has to send it; "": nobody can."""
    database: str = "tools.db"

    @classmethod
    def of_environment(cls) -> Settings:
        """What the variables `TOOLS_...` say."""
        return cls(os.environ.get("TOOLS_TOKEN", ""), os.environ.get("TOOLS_DATABASE", "tools.db"))

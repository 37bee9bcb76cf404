from __future__ import annotations

import dataclasses
from typing import Any

from ..config import Secrets
from .base import ToolRequest, ToolResult
from .toolbox import Executing


class Masked:
    """Tools whose results tell no known secret."""

    def __init__(self, inner: Executing, secrets: Secrets) -> None:
        self._inner = inner
        self._secrets = secrets

    @property
    def schemas(self) -> tuple[dict[str, Any], ...]:
        """What the model is told of them."""
        return self._inner.schemas

    def changes_files(self, name: str) -> bool:
        """Whether the tool `name` may change the workspace."""
        return self._inner.changes_files(name)

    async def call(self, request: ToolRequest) -> ToolResult:
        """The inner tools' result, masked."""
        result = await self._inner.call(request)
        return dataclasses.replace(result, text=self._secrets.masked(result.text))

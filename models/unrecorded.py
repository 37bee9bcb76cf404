from __future__ import annotations

from ..config import Role
from .base import Call, NotRecorded, Reply


class Unrecorded:
    """The model of a replay: behind the journal it is reached only by what was not recorded, and answers nothing."""

    def __init__(self, role: Role, name: str, source: str) -> None:
        self._role: Role = role
        self._name = name
        self._source = source

    @property
    def name(self) -> str:
        """`provider:model`, as the recorded run named it."""
        return self._name

    @property
    def role(self) -> Role:
        """The role that it plays."""
        return self._role

    async def ask(self, call: Call) -> Reply:
        """NotRecorded, always."""
        raise NotRecorded(
            f"run {self._source!r} has no answer on record for call {call.index} of {call.step!r}: the call was not "
            "made there, or with another request (by other prompts of another Slipway version, perhaps)"
        )

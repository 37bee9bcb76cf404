from __future__ import annotations

from typing import TypeVar

from langchain_core.messages import BaseMessage

from ..config import Secrets
from .base import Around, Call, Model, Reply

M = TypeVar("M", bound=BaseMessage)


class Masked(Around):
    """A model that neither hears nor says a known secret.

    It stands twice: outside the journal, so that no request is recorded with one, and around the model itself, so that
    no reply is.
    """

    def __init__(self, inner: Model, secrets: Secrets) -> None:
        super().__init__(inner)
        self._secrets = secrets

    async def ask(self, call: Call) -> Reply:
        """The inner model's answer to the masked call, masked."""
        messages = tuple(self._masked(message) for message in call.messages)
        reply = await self.inner.ask(Call(call.step, call.index, messages, call.tools))
        return Reply(self._masked(reply.message), reply.usage, reply.journaled)

    def _masked(self, message: M) -> M:
        text = message.model_dump_json()
        if self._secrets.masked(text) == text:
            return message
        return type(message).model_validate(self._secrets.masked_value(message.model_dump()))

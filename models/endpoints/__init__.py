"""Model endpoints of our own: real HTTP and the OpenAI protocol around whoever plays the model."""

from __future__ import annotations

from .base import Asked, Fault, Message, PastCall, Player, RequestError, Said, Tool, ToolCall

__all__ = ["Asked", "Fault", "Message", "PastCall", "Player", "RequestError", "Said", "Tool", "ToolCall"]

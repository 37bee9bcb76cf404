"""Model endpoints of our own: real HTTP and the OpenAI protocol around whoever plays the model."""

from __future__ import annotations

from .base import Asked, Fault, Message, PastCall, Player, RequestError, Said, Tool, ToolCall
from .endpoint import Endpoint, EndpointError, announce, serve_forever
from .server import Label
from .tokens import completion_tokens

__all__ = [
    "Asked", "Endpoint", "EndpointError", "Fault", "Label", "Message", "PastCall", "Player", "RequestError", "Said",
    "Tool", "ToolCall", "announce", "completion_tokens", "serve_forever",
]  # fmt: skip

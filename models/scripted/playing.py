from __future__ import annotations

from pathlib import Path

from ..endpoints import Asked, Endpoint, Label, RequestError, Said
from ..endpoints.base import ROLE_LINE, no_fault
from .conditions import Conversation
from .matching import choose
from .script import Script


class ScriptedPlayer:
    """Plays a script: answers by its rules, and takes `latency` seconds for each answer."""

    def __init__(self, script: Script, *, latency: float = 0.0) -> None:
        self._script = script
        self._latency = latency

    def reply(self, asked: Asked) -> Said:
        """What the best rule says. RequestError where no role is named, or no single rule is the best."""
        reply = choose(self._script, _conversation(asked))
        fault = reply.fault.at if reply.fault else no_fault
        return Said(reply.content, reply.tool_calls, wait=self._latency, fault=fault)


def _conversation(asked: Asked) -> Conversation:
    if asked.role is None:
        wanted = f"the first line of the system message must name the role, as in '{ROLE_LINE}coder'"
        raise RequestError("invalid_request", f"messages: {wanted}; it is {asked.heading[:80]!r}")
    texts = tuple(message.text for message in asked.messages if not message.instructs)
    return Conversation(asked.role, asked.turn, texts)


def serving(
    script: Script, *, host: str = "127.0.0.1", port: int = 0, latency: float = 0.0, log: Path | None = None
) -> Endpoint:
    """An endpoint that plays `script`: `with serving(script) as endpoint: endpoint.base_url`.

    `latency` is the seconds that every reply takes; the rest is the endpoint's own.
    """
    label = Label("scripted", (script.name,), f"script {script.name!r}")
    return Endpoint(ScriptedPlayer(script, latency=latency), label, host=host, port=port, log=log)

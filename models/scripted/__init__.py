"""A model endpoint that plays the roles from a script: real HTTP and the OpenAI protocol, without a model or a key."""

from __future__ import annotations

from .endpoint import EndpointError, ScriptedEndpoint, announce, serve_forever, serving
from .matching import RequestError, choose
from .script import (
    Fault,
    Reply,
    Rule,
    Script,
    ScriptError,
    ToolCall,
    When,
    demo_names,
    load_script,
    project_of,
    read_script,
)

__all__ = [
    "EndpointError", "Fault", "Reply", "RequestError", "Rule", "Script", "ScriptError", "ScriptedEndpoint", "ToolCall",
    "When", "announce", "choose", "demo_names", "load_script", "project_of", "read_script", "serve_forever", "serving",
]  # fmt: skip

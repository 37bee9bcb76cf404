"""The promise of a tool: what an agent may do, always inside its sandbox.

A tool is a plain async function over a `Workbench` and its typed arguments; its docstring is what the model reads. It
returns text, or raises `ToolRefusal` with a reason that the model can act on: a signal, not a failure.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ..sandboxes import Sandbox
from ..state.records import CheckReport


class ToolRefusal(Exception):
    """The tool will not do this; the message tells the model why and what to do instead."""


class Arguments(BaseModel):
    """The arguments of a tool; unknown ones are refused, so that the model hears of its mistake."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Workbench:
    """What tools work on."""

    sandbox: Sandbox
    may_write: Callable[[str], str | None]
    """Why a path may not be written; None if it may."""
    check: Callable[[], Awaitable[CheckReport]]
    """Runs the checks on the workspace as it stands."""


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True)
class Tool(Generic[A]):
    """A function that a model may call."""

    name: str
    arguments: type[A]
    run: Callable[[Workbench, A], Awaitable[str]]
    changes_files: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """The tool in OpenAI's function form."""
        parameters = self.arguments.model_json_schema()
        parameters.pop("title", None)
        parameters.pop("description", None)
        for field in parameters["properties"].values():
            field.pop("title", None)
        description = " ".join((self.run.__doc__ or "").split())
        return {
            "type": "function",
            "function": {"name": self.name, "description": description, "parameters": parameters},
        }


@dataclass(frozen=True)
class ToolRequest:
    """One call of a tool by a model."""

    step: str
    index: int
    """How many tool calls this step made before, from 0."""
    name: str
    arguments: dict[str, Any]
    call_id: str | None = None


@dataclass(frozen=True)
class ToolResult:
    """What the model is told."""

    text: str
    ok: bool
    seconds: float
    journaled: bool = False
    """It ran before; its recorded result was given and its edits were repeated."""

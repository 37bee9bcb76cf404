"""The promise of a tool: what an agent may do, always inside its sandbox.

A tool is a plain async function over a `Workbench` and its typed arguments; its docstring is what the model reads. It
returns text, or raises `ToolRefusal` with a reason that the model can act on: a signal, not a failure.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ..sandboxes import Sandbox
from ..state.records import CheckReport, Finding


class ToolRefusal(Exception):
    """The tool will not do this; the message tells the model why and what to do instead."""


class MalformedCall(ToolRefusal):
    """There is no such tool, or it takes other arguments."""


class Arguments(BaseModel):
    """The arguments of a tool; unknown ones are refused, so that the model hears of its mistake."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Checked:
    """What the checks say."""

    report: CheckReport
    old: frozenset[str] = frozenset()
    """Signatures of faults that were there before anybody worked on it, and that are not to be repaired."""
    aside: frozenset[str] = frozenset()
    """Signatures of faults in what others write."""
    told: frozenset[str] = frozenset()
    """Faults, as `in_full` names them, that were told in full before."""

    @property
    def left(self) -> tuple[Finding, ...]:
        """What is to be repaired, or at least to be looked at: warnings, too."""
        apart = self.old | self.aside
        return tuple(found for found in self.report.remarks if found.signature not in apart)

    @property
    def green(self) -> bool:
        """Whether checks passed and nothing is left; one that could not run says so with a finding."""
        return any(result.status == "passed" for result in self.report.results) and not self.left


@dataclass(frozen=True)
class Workbench:
    """What tools work on."""

    sandbox: Sandbox
    may_write: Callable[[str], str | None]
    """Why a path may not be written; None if it may."""
    check: Callable[[], Awaitable[Checked]]
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
        whole = _undescribed(self.arguments.model_json_schema())
        parameters = _inlined(whole, whole.pop("$defs", {}))
        description = " ".join((self.run.__doc__ or "").split())
        return {
            "type": "function",
            "function": {"name": self.name, "description": description, "parameters": parameters},
        }


_SENT = ("type", "properties", "required", "items", "enum", "default", "description", "anyOf")
"""What a model is told of an argument; bounds are ours to hold, and every word is paid for with each request."""


def _inlined(schema: dict[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` without references, which not every provider knows, and without what only we have to know."""
    if "$ref" in schema:
        return _inlined(_undescribed(named[schema["$ref"].rpartition("/")[2]]), named)
    made = {key: value for key, value in schema.items() if key in _SENT}
    if "properties" in made:
        made["properties"] = {name: _inlined(value, named) for name, value in made["properties"].items()}
    if "items" in made:
        made["items"] = _inlined(made["items"], named)
    return made


def _undescribed(schema: Mapping[str, Any]) -> dict[str, Any]:
    # A model's docstring is for people; what a tool does is said by its function.
    return {key: value for key, value in schema.items() if key != "description"}


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
    malformed: bool = False
    """It was no call of a tool that there is, with arguments that it takes."""
    journaled: bool = False
    """It ran before; its recorded result was given and its edits were repeated."""
    changed: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """What became of the files that it changed, where that is known: path -> encoded file, None for a removed one."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, model_validator

from ...config import ConfigurationError, Role
from ...state.records import Record
from ..endpoints import Fault, ToolCall
from .conditions import Condition

DEMOS = Path(__file__).parent / "demos"

Substring = Annotated[str, Field(min_length=1)]


class ScriptError(ConfigurationError):
    """A script that cannot be had or is not valid; the message names the file and the field."""


class Reply(Record):
    """What the model says: text, tool calls, or both."""

    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    fault: Fault | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Reply:
        if not self.content and not self.tool_calls:
            raise ValueError("a reply needs `content` or `tool_calls`")
        return self


class When(Record):
    """The conditions of a rule; all of them must hold."""

    contains: tuple[Substring, ...] = ()
    """Substrings that stand somewhere in the conversation, the system message left out."""
    last: tuple[Substring, ...] = ()
    """Substrings of the last message."""
    turn: int | None = Field(default=None, ge=0)
    """The number of assistant messages so far; None is any."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Each condition once; a rule with more of them is the more specific one."""
        texts = [Condition("contains", text) for text in self.contains]
        lasts = [Condition("last", text) for text in self.last]
        turns = [] if self.turn is None else [Condition("turn", str(self.turn))]
        return tuple(dict.fromkeys([*turns, *texts, *lasts]))

    def implies(self, other: When) -> bool:
        """Whether every conversation that meets this meets `other`, as far as the conditions alone can tell."""
        return all(any(mine.implies(theirs) for mine in self.conditions) for theirs in other.conditions)


class Rule(Record):
    """One line of the play: who, when, and what is said."""

    role: Role
    when: When = When()
    reply: Reply

    def __str__(self) -> str:
        return ", ".join([self.role, *map(str, self.when.conditions)])


class Script(Record):
    """A play for the roles. As far as can be told beforehand, every conversation has one best rule."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    request: str = Field(min_length=1)
    """What the person of the demo asks for."""
    pack: str = "none"
    """The shipped pack that what is built is held to."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    acceptance: str = ""
    """Python source of a hidden check, run as `python acceptance.py` in a copy of the delivered project; 0 passes."""

    @model_validator(mode="after")
    def _every_rule_can_win(self) -> Script:
        for i, rule in enumerate(self.rules):
            for k, other in enumerate(self.rules):
                if i != k and rule.role == other.role and _never_wins(rule.when, other.when):
                    raise ValueError(f"rules.{i} ({rule}) can never win against rules.{k} ({other}); tell them apart")
        return self


def _never_wins(when: When, other: When) -> bool:
    return when.implies(other) and len(when.conditions) <= len(other.conditions)


def read_script(path: Path) -> Script:
    """The script in the YAML file `path`. ScriptError names the file and the field that is wrong."""
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScriptError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path}: is not valid YAML: {error}") from error
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        raise ScriptError(f"{path}: {_faults(error)}") from error


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'the script'}: {e['msg']}" for e in error.errors())


def demo_names() -> tuple[str, ...]:
    """The names of the shipped scripts, sorted."""
    return tuple(sorted(path.stem for path in DEMOS.glob("*.yaml")))


def load_script(name_or_path: str | Path) -> Script:
    """A shipped script by its name, or any by its path.

    A path is a `Path`, or text that has a slash or ends in `.yaml` or `.yml`. ScriptError says what is wrong; for an
    unknown name it lists those that exist.
    """
    path = _file(name_or_path)
    return _shipped(path) if path.parent == DEMOS else read_script(path)


def project_of(name_or_path: str | Path) -> Path | None:
    """The folder of the project that a script's request changes: it stands beside the file, and has its name.

    None where there is none: the script builds something new. ScriptError for an unknown name.
    """
    folder = _file(name_or_path).with_suffix("")
    return folder if folder.is_dir() else None


def _file(name_or_path: str | Path) -> Path:
    if isinstance(name_or_path, Path) or "/" in name_or_path or name_or_path.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    if name_or_path not in demo_names():
        raise ScriptError(f"no script {name_or_path!r}; there are {', '.join(demo_names())}, or give a path to a .yaml")
    return DEMOS / f"{name_or_path}.yaml"


@functools.cache
def _shipped(path: Path) -> Script:
    return read_script(path)

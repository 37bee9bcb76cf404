from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateNotFound

from ..config import ConfigurationError, Lineup, Role
from ..state.text import quoted
from .base import Desk

HERE = Path(__file__).parent / "prompts"


_PROMPTS: dict[Role, tuple[str, ...]] = {
    "architect": ("system", "brief", "plan", "ruling"),
    "coder": ("system", "component", "solo"),
    "tester": ("system", "tests"),
    "fixer": ("system", "findings"),
}


@cache
def _environment() -> Environment:
    # The prompts are text for a model, not HTML.
    made = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,  # asking the disk at every prompt would block the event loop
    )
    filters = cast("dict[str, Any]", made.filters)
    filters["data"] = _data
    return made


def _data(text: object, source: object) -> str:
    return quoted(str(source), str(text))


def render(role: Role, version: str, name: str, **values: Any) -> str:
    """The prompt `name` of a role, filled in. A value that the file names and that is not given is an error.

    In a file, `{{ text | data(source) }}` is the text of others, in a fence of its own.

    ConfigurationError where the role has no such prompt version; it lists those that exist.
    """
    return _template(role, version, name).render(values).strip()


def system(role: Role, desk: Desk) -> str:
    """What the agent of a role is told before its task: its part, and the conventions that hold."""
    return "\n\n".join(filter(None, (render(role, desk.prompt, "system"), desk.conventions)))


def _template(role: Role, version: str, name: str) -> Template:
    try:
        return _environment().get_template(f"{role}/{version}/{name}.md")
    except TemplateNotFound as error:
        known = ", ".join(sorted(path.name for path in (HERE / role).iterdir()))
        raise ConfigurationError(f"the {role} has no prompt version {version!r}; it has {known}") from error


def check_prompts(lineup: Lineup) -> None:
    """Load every prompt that `lineup` uses. ConfigurationError where a role has no such prompt version."""
    for role, names in _PROMPTS.items():
        for name in names:
            _template(role, lineup.roles[role].prompt, name)

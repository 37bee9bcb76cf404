from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateNotFound

from ..config import ConfigurationError, Lineup, Role
from ..state.text import quoted
from .base import Desk, Part

HERE = Path(__file__).parent / "prompts"

_PROMPTS: dict[Part, tuple[str, ...]] = {
    "architect": ("system", "brief", "plan", "ruling"),
    "coder": ("system", "component", "solo", "tests"),
    "tester": ("system", "tests"),
    "fixer": ("system", "findings"),
    "alone": ("system", "brief", "plan", "solo", "findings", "tests"),
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


def render(part: Part, version: str, name: str, **values: Any) -> str:
    """The prompt `name` of a part, filled in. A value that the file names and that is not given is an error.

    In a file, `{{ text | data(source) }}` is the text of others, in a fence of its own.

    ConfigurationError where the part has no such prompt version; it lists those that exist.
    """
    return _template(part, version, name).render(values).strip()


def asked(desk: Desk, role: Role, name: str, **values: Any) -> tuple[str, str]:
    """What an agent is told for a task of `role`: its part with the conventions that hold, and the task `name`."""
    part = desk.part or role
    system = "\n\n".join(filter(None, (render(part, desk.prompt, "system"), desk.conventions)))
    return system, render(part, desk.prompt, name, **values)


def _template(part: Part, version: str, name: str) -> Template:
    try:
        return _environment().get_template(f"{part}/{version}/{name}.md")
    except TemplateNotFound as error:
        raise _missing(part, version) from error


def _missing(part: Part, version: str) -> ConfigurationError:
    known = ", ".join(sorted(path.name for path in (HERE / part).iterdir()))
    return ConfigurationError(f"the {part} has no prompt version {version!r}; it has {known}")


def check_prompts(lineup: Lineup) -> None:
    """Load every prompt that `lineup` uses. ConfigurationError where a role has no such prompt version."""
    for part, version in _versions(lineup).items():
        for name in _PROMPTS[part]:
            _template(part, version, name)


def pinned(lineup: Lineup) -> Lineup:
    """`lineup` with the digests of the prompt files that it means: its whole identity.

    ConfigurationError where a role has no such prompt version.
    """
    return lineup.model_copy(update={"prompts": {part: digest(part, of) for part, of in _versions(lineup).items()}})


@cache  # they are read once, as the prompts are
def digest(part: Part, version: str) -> str:
    """SHA-256 over the names and contents of the files of a prompt version. ConfigurationError where there are none."""
    made = hashlib.sha256()
    files = sorted((HERE / part / version).glob("*.md"))
    if not files:
        raise _missing(part, version)
    for path in files:
        made.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return made.hexdigest()


def _versions(lineup: Lineup) -> dict[Part, str]:
    """Whose prompts are sent under `lineup`, and in which version."""
    if lineup.history == "full":
        return {"alone": lineup.roles["coder"].prompt}
    return {role: config.prompt for role, config in lineup.roles.items()}

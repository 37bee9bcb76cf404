"""Line-ups that say only what is different in them: plain data in, plain data out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import ConfigurationError

Data = Mapping[str, Any]
Read = Callable[[str, str], tuple[str, Data]]
"""From what a line-up extends, and the source that says so: the source that is meant, and what stands there."""


def inherited(data: Data, source: str, read: Read) -> dict[str, Any]:
    """`data`, over all that it extends. ConfigurationError where that leads in a circle."""
    line, steps = [source], [data]
    while (name := steps[-1].get("extends")) is not None:
        if not isinstance(name, str):
            raise ConfigurationError(f"{line[-1]}: `extends` must be the name or the file of a line-up")
        base, found = read(name, line[-1])
        if base in line:
            circle = " -> ".join([*line[line.index(base) :], base])
            raise ConfigurationError(f"{source}: {circle} extend each other in a circle; one has to stand for itself")
        line.append(base)
        steps.append(found)
    made: dict[str, Any] = {}
    for step in reversed(steps):
        made = differing(made, {key: value for key, value in step.items() if key != "extends"})
    return made


def differing(base: Data, data: Data) -> dict[str, Any]:
    """`base` with what is different in `data`: `default` by key, `roles` by role and key, the rest whole.

    A name is not inherited. What is no mapping where one must be is left to be refused.
    """
    made = {key: value for key, value in base.items() if key != "name"}
    for key, value in data.items():
        match made.get(key), value:
            case Mapping() as old, Mapping() as new if key == "default":
                made[key] = {**old, **new}
            case Mapping() as old, Mapping() as new if key == "roles":
                made[key] = {**old, **{role: _role(old.get(role), config) for role, config in new.items()}}
            case _:
                made[key] = value
    return made


def _role(old: Any, new: Any) -> Any:
    """A role in which `new` is different; `on` takes it as it was before it was off."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **new}
    return old if new is True and isinstance(old, Mapping) else new

"""Criteria that are clicked through: data files, `scenarios/*.yaml`, read strictly.

    criterion: C1
    name: adds an entry
    open: /
    steps:
      - fill: {New entry: milk}
      - click: Add
      - expect: {text: milk}

A file holds one such mapping, or a list of them. `click` names what is clicked by its text, its label or a CSS
selector; `fill` has labels (or placeholders, names, selectors) and values; `press` a key; `expect` one or more of text,
visible, hidden, value ({label: value}), url (path and query) and count ({selector: number}).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

SCENARIOS = "scenarios/"
MISWRITTEN = "scenario"
"""The rule of findings that are about a file of scenarios itself, not about what it shows of the pages."""
_SIZE = 64 << 10
_DEPTH = 8
_MOST, _TEXT = 60, 500
_CRITERION = re.compile(r"C\d+")
_NAMED = re.compile(r"[^a-z0-9]+")
STEPS = ("click", "fill", "press", "expect")
EXPECTED = ("text", "visible", "hidden", "value", "url", "count")


def is_scenario_file(path: str) -> bool:
    """Whether `path` is read as scenarios."""
    return path.startswith(SCENARIOS) and path.endswith((".yaml", ".yml"))


class BadScenario(Exception):
    """A file that cannot be read; `line` is where, the message says why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Step:
    """One thing that is done, or expected."""

    line: int
    do: str
    given: Any
    """A text, or a mapping of texts."""


@dataclass(frozen=True)
class Scenario:
    """What somebody does on the pages, and what they have to show."""

    file: str
    line: int
    criterion: str
    name: str
    opens: str
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """As a test is called, so that evidence counts it: `scenarios/x.yaml::test_c1_adds_an_entry`."""
        return f"{self.file}::test_{self.criterion.lower()}_{_NAMED.sub('_', self.name.lower()).strip('_')}"


def read_scenarios(file: str, data: bytes) -> list[Scenario]:
    """The scenarios of a file, at least one. BadScenario where anything about it is not as it has to be."""
    root = _parsed(data)
    nodes = root.value if isinstance(root, yaml.SequenceNode) else [root]
    if not nodes:
        raise BadScenario(1, "the file holds no scenario")
    scenarios = [_scenario(file, node) for node in nodes]
    ids = [scenario.id for scenario in scenarios]
    for scenario in scenarios:
        if ids.count(scenario.id) > 1:
            raise BadScenario(scenario.line, f"two scenarios of {scenario.criterion} are named {scenario.name!r}")
    return scenarios


def _parsed(data: bytes) -> yaml.Node:
    if len(data) > _SIZE:
        raise BadScenario(1, f"the file has more than {_SIZE >> 10} KiB")
    try:
        text = data.decode()
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise BadScenario(_line(event), "a scenario has no aliases (`*`)")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEPTH:
                raise BadScenario(_line(event), "nested too deeply")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise BadScenario(1, "the file is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise BadScenario(mark.line + 1 if mark else 1, f"it is not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise BadScenario(1, f"it is not YAML: {str(error).splitlines()[0]}") from None
    if root is None:
        raise BadScenario(1, "the file holds no scenario")
    return root


def _scenario(file: str, node: yaml.Node) -> Scenario:
    known = _mapping(node, ("criterion", "name", "open", "steps"), "a scenario")
    for name in ("criterion", "name", "open", "steps"):
        if name not in known:
            raise BadScenario(_line(node), f"a scenario needs {name!r}; it has {', '.join(known) or 'nothing'}")
    criterion = _text(known["criterion"], "the criterion")
    if not _CRITERION.fullmatch(criterion):
        raise BadScenario(_line(known["criterion"]), f"{criterion!r} is no id of a criterion, such as C1")
    name = _text(known["name"], "the name")
    if not _NAMED.sub("", name.lower()):
        raise BadScenario(_line(known["name"]), "the name needs a letter or a number")
    opens = _text(known["open"], "what is opened")
    if not re.fullmatch(r"/(?!/)[!-~]*", opens) or "\\" in opens:
        raise BadScenario(_line(known["open"]), f"{opens!r} is no path of the site, such as /")
    steps = known["steps"]
    if not isinstance(steps, yaml.SequenceNode) or not 0 < len(steps.value) <= _MOST:
        raise BadScenario(_line(steps), f"`steps` is a list of 1 to {_MOST} steps")
    made = tuple(_step(step) for step in steps.value)
    if not any(step.do == "expect" for step in made):
        raise BadScenario(_line(steps), "no step expects anything, so the scenario proves nothing")
    return Scenario(file, _line(node), criterion, name, opens, made)


def _step(node: yaml.Node) -> Step:
    known = _mapping(node, STEPS, "a step")
    if len(known) != 1:
        raise BadScenario(_line(node), f"a step is one of {', '.join(STEPS)}")
    [(do, given)] = known.items()
    if do in ("click", "press"):
        return Step(_line(node), do, _text(given, do))
    if do == "fill":
        return Step(_line(node), do, dict(_texts(given, "fill")))
    return Step(_line(node), do, dict(_expected(given)))


def _expected(node: yaml.Node) -> Iterator[tuple[str, Any]]:
    for name, value in _mapping(node, EXPECTED, "expect").items():
        if name == "value":
            yield name, dict(_texts(value, name))
        elif name == "count":
            yield name, dict(_numbers(value))
        else:
            yield name, _text(value, name)


def _texts(node: yaml.Node, what: str) -> Iterator[tuple[str, str]]:
    for name, value in _mapping(node, None, what).items():
        yield name, _text(value, f"{what} {name!r}", empty=True)


def _numbers(node: yaml.Node) -> Iterator[tuple[str, int]]:
    for name, value in _mapping(node, None, "count").items():
        text = _text(value, f"the count of {name!r}")
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise BadScenario(_line(value), f"the count of {name!r} is {text!r}, which is no number")
        yield name, int(text)


def _mapping(node: yaml.Node, allowed: tuple[str, ...] | None, what: str) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode) or not node.value:
        listed = f" with {', '.join(allowed)}" if allowed else ""
        raise BadScenario(_line(node), f"{what} is a mapping{listed}")
    known: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = _text(key, f"a key of {what}")
        if name in known or (allowed is not None and name not in allowed):
            why = "appears twice" if name in known else f"is none of {', '.join(allowed or ())}"
            raise BadScenario(_line(key), f"{name!r} of {what} {why}")
        known[name] = value
    return known


def _text(node: yaml.Node, what: str, *, empty: bool = False) -> str:
    # Whatever YAML takes it for: `yes` and `1` are what somebody types.
    if not isinstance(node, yaml.ScalarNode) or len(node.value) > _TEXT or not (node.value or empty):
        raise BadScenario(_line(node), f"{what} is a text of up to {_TEXT} characters")
    return node.value


def _line(place: yaml.Node | yaml.Event) -> int:
    return place.start_mark.line + 1 if place.start_mark else 1

from __future__ import annotations

import yaml

NOT_YAML = (yaml.YAMLError, ValueError, RecursionError)
"""What is raised where a text is no YAML: ValueError, where a date is none or the bytes are no UTF-8, and
RecursionError, where it is nested without end."""


class ConfigurationError(Exception):
    """What was configured cannot work; the message names the thing and the next step."""


class UnknownSuite(ConfigurationError):
    """There is no such suite."""


class KeyMissing(ConfigurationError):
    """A model needs a key that is not set. `fact` says so without advice, for who knows better what can be done."""

    def __init__(self, fact: str, advice: str) -> None:
        super().__init__(f"{fact}; {advice}")
        self.fact = fact


class UsageError(Exception):
    """The caller asked for something that cannot be done as it was asked; the message says what to ask instead."""

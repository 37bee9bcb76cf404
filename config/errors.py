from __future__ import annotations


class ConfigurationError(Exception):
    """What was configured cannot work; the message names the thing and the next step."""


class UsageError(Exception):
    """The caller asked for something that cannot be done as it was asked; the message says what to ask instead."""

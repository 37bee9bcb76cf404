from __future__ import annotations


class ConfigurationError(Exception):
    """What was configured cannot work; the message names the thing and the next step."""

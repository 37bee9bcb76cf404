"""The typed settings tree, the line-ups, and the loader."""

from .errors import ConfigurationError, UsageError
from .lineup import ROLES, Lineup, Price, Role, RoleConfig
from .loader import lineup_names, load_lineup, load_settings, parse_lineup, secret
from .settings import Settings

__all__ = [
    "ROLES", "ConfigurationError", "Lineup", "Price", "Role", "RoleConfig", "Settings",
    "UsageError",
    "lineup_names", "load_lineup", "load_settings", "parse_lineup", "secret",
]  # fmt: skip

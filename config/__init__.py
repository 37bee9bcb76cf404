"""The typed settings tree, the line-ups, and the loader."""

from .errors import ConfigurationError, UsageError
from .lineup import ROLES, Lineup, Price, Role, RoleConfig
from .loader import known_secrets, lineup_names, load_lineup, load_settings, parse_lineup, secret
from .secrets import Secrets
from .settings import InstallSettings, SandboxSettings, Settings

__all__ = [
    "ROLES", "ConfigurationError", "InstallSettings", "Lineup", "Price", "Role", "RoleConfig", "SandboxSettings",
    "Secrets", "Settings", "UsageError",
    "known_secrets", "lineup_names", "load_lineup", "load_settings", "parse_lineup", "secret",
]  # fmt: skip

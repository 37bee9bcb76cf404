"""The typed settings tree, the line-ups, and the loader."""

from .errors import ConfigurationError, UsageError
from .lineup import ROLES, Lineup, Price, Role, RoleConfig
from .loader import lineup_names, load_lineup, load_settings, parse_lineup, secret
from .settings import CapSettings, InstallSettings, LimitSettings, SandboxSettings, Settings

__all__ = [
    "ROLES", "CapSettings", "ConfigurationError", "InstallSettings", "LimitSettings", "Lineup", "Price", "Role",
    "RoleConfig", "SandboxSettings", "Settings", "UsageError",
    "lineup_names", "load_lineup", "load_settings", "parse_lineup", "secret",
]  # fmt: skip

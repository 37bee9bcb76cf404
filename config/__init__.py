"""The typed settings tree, the line-ups, and the loader."""

from .errors import ConfigurationError, UsageError
from .lineup import ROLES, Lineup, Price, Role, RoleConfig
from .loader import lineup_names, load_lineup, load_settings, parse_lineup, secret
from .settings import CircuitSettings, InstallSettings, ProviderSettings, RetrySettings, SandboxSettings, Settings

__all__ = [
    "ROLES", "CircuitSettings", "ConfigurationError", "InstallSettings", "Lineup", "Price", "ProviderSettings",
    "RetrySettings", "Role", "RoleConfig", "SandboxSettings", "Settings", "UsageError",
    "lineup_names", "load_lineup", "load_settings", "parse_lineup", "secret",
]  # fmt: skip

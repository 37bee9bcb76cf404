"""The typed settings tree, the line-ups, and the loader."""

from .errors import ConfigurationError, KeyMissing, UnknownSuite, UsageError
from .lineup import ROLES, Lineup, Price, Role, RoleConfig
from .loader import known_secrets, lineup_names, load_lineup, load_settings, overridden, parse_lineup, secret
from .pack import Pack
from .packing import find_pack, load_pack, pack_names
from .secrets import Secrets
from .settings import (
    CapSettings,
    CheckSettings,
    CircuitSettings,
    InstallSettings,
    LimitSettings,
    ProviderSettings,
    RetrySettings,
    SandboxSettings,
    Settings,
    TelemetrySettings,
)

__all__ = [
    "ROLES", "CapSettings", "CheckSettings", "CircuitSettings", "ConfigurationError", "InstallSettings",
    "KeyMissing", "LimitSettings", "Lineup",
    "Pack", "Price", "ProviderSettings", "RetrySettings", "Role", "RoleConfig", "SandboxSettings", "Secrets",
    "Settings", "TelemetrySettings", "UnknownSuite", "UsageError",
    "find_pack", "known_secrets", "lineup_names", "load_lineup", "load_pack", "load_settings", "overridden",
    "pack_names", "parse_lineup", "secret",
]  # fmt: skip

"""The only reader of the environment."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from pydantic import ValidationError

from .errors import NOT_YAML, ConfigurationError, KeyMissing
from .inheriting import inherited
from .lineup import ROLES, Lineup
from .secrets import Secrets
from .settings import Settings

HERE = Path(__file__).parent

_OVERRIDES = {
    "SLIPWAY_REDIS_URL": "redis.url",
    "SLIPWAY_STATE_DIR": "folders.state",
    "SLIPWAY_CACHE_DIR": "folders.cache",
    "SLIPWAY_RUNTIME_DIR": "folders.runtime",
    "SLIPWAY_LINEUP": "lineup",
    "DOCKER_HOST": "sandbox.docker_host",
    "DOCKER_CERT_PATH": "sandbox.docker_certificates",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "telemetry.otlp_endpoint",
}

_BY_KEY = {"ANTHROPIC_API_KEY": "anthropic", "OPENAI_API_KEY": "openai"}
"""The shipped line-up that `auto` means where a key is set; the first one found wins."""


_OTHERS = ("GOOGLE_API_KEY",)
"""More variables that hold keys of models."""

_HEADERS = ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS")
"""Variables that hold headers for a tracing backend, keys among them."""


def secret(name: str) -> str | None:
    """The value of the environment variable `name`; None where it is unset or empty."""
    return os.environ.get(name) or None


def known_secrets(settings: Settings, lineup: Lineup | None = None) -> Secrets:
    """What must not be shown: keys of models, values of variables that are named, passwords in addresses."""
    variables = (*_BY_KEY, *_OTHERS, *settings.secrets, *_key_variables(lineup.model_dump() if lineup else None))
    known = Secrets(filter(None, map(os.environ.get, variables)))
    install = settings.sandbox.install
    addresses = (
        settings.redis.url, settings.sandbox.docker_host, settings.telemetry.otlp_endpoint, install.python_index,
        install.node_registry, *install.hosts,
    )  # fmt: skip
    for address in addresses:
        known.add_password(address)
    for header in ",".join(os.environ.get(name, "") for name in _HEADERS).split(","):
        known.add(unquote(header.partition("=")[2]).rpartition(" ")[2])  # behind `Bearer`
    return known


def _key_variables(data: Any) -> list[str]:
    """Every `api_key_env` in plain data, at any depth."""
    match data:
        case dict():
            named = [data["api_key_env"]] if data.get("api_key_env") else []
            return named + [name for value in data.values() for name in _key_variables(value)]
        case list() | tuple():
            return [name for value in data for name in _key_variables(value)]
        case _:
            return []


def load_settings(overrides: Sequence[str] = ()) -> Settings:
    """The settings: defaults, the user's file, the environment, then `overrides` such as `limits.parallel=2`.

    ConfigurationError names the source and the key that is wrong.
    """
    tree = _mapping(HERE / "default.yaml")
    named = os.environ.get("SLIPWAY_CONFIG")
    user_file = Path(named) if named else _xdg("XDG_CONFIG_HOME", ".config") / "config.yaml"
    if named and not user_file.is_file():
        raise ConfigurationError(f"SLIPWAY_CONFIG names {named!r}, which is not a file; correct or unset it")
    if user_file.is_file():
        _merge(tree, _mapping(user_file), str(user_file))
    for variable, key in _OVERRIDES.items():
        if value := os.environ.get(variable):
            _set(tree, key, value, variable)
    for override in overrides:
        key, sign, value = override.partition("=")
        if not sign:
            raise ConfigurationError(f"{override!r} sets nothing; write it as a.b=value")
        _set(tree, key, _parse_value(value, override), override)
    _resolve_folders(tree["folders"])
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise ConfigurationError(f"settings: {_first(error)}") from error


def overridden(settings: Settings, values: Mapping[str, Any], *, source: str) -> Settings:
    """`settings` with other values, by keys such as `limits.parallel`. ConfigurationError names what is wrong."""
    tree = settings.model_dump()
    for key, value in values.items():
        _set(tree, key, value, source)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise ConfigurationError(f"{source}: {_first(error)}") from error


def lineup_names() -> list[str]:
    """The names of the shipped line-ups."""
    return sorted(path.stem for path in (HERE / "lineups").glob("*.yaml"))


def load_lineup(name: str) -> Lineup:
    """The shipped line-up `name`, or the line-up in the file `name`, or by `auto` the one that a set key allows.

    ConfigurationError where there is none; it lists those that exist.
    """
    source, data = _read_lineup(name, "")
    return parse_lineup(data, source=source)


def _read_lineup(name: str, source: str, folder: Path | None = None) -> tuple[str, dict[str, Any]]:
    """What stands in the line-up `name`; a file is looked for in `folder`, or beside `source`, which extends it."""
    if name == "auto":
        name = _auto_lineup()
    shipped = HERE / "lineups" / f"{name}.yaml"
    beside = (folder or Path(source).parent) / Path(name).expanduser()
    path = shipped if shipped.parent == HERE / "lineups" and shipped.is_file() else beside
    if not path.is_file():
        where = f"{source}: " if source else ""
        raise ConfigurationError(
            f"{where}unknown line-up {name!r}: it is neither a file nor one of {', '.join(lineup_names())}; "
            "name one of these or write a file"
        )
    return os.path.normpath(path), {"name": path.stem, **_mapping(path)}


def parse_lineup(data: Mapping[str, Any], *, source: str, folder: Path | None = None) -> Lineup:
    """A line-up from plain data, over what it `extends`: a file in `folder`, by default the one of the file `source`.

    `default` stands in for what a role leaves out, `off` takes a role out, and a key that is null has Slipway's own
    default.
    """

    def read(name: str, extending: str) -> tuple[str, dict[str, Any]]:
        return _read_lineup(name, extending, folder if extending == source else None)

    data = inherited(data, source, read)
    roles: Any = data.get("roles") or {}
    common: Any = data.get("default") or {}
    if not isinstance(roles, Mapping) or not isinstance(common, Mapping):
        raise ConfigurationError(f"{source}: `roles` and `default` must be mappings")
    unknown = sorted(str(role) for role in roles if role not in ROLES)
    if unknown:
        raise ConfigurationError(f"{source}: unknown role {', '.join(unknown)}; the roles are {', '.join(ROLES)}")
    off = [role for role in ROLES if roles.get(role) is False or roles.get(role) == "off"]
    given = {role: {} if config is None or config is True else config for role, config in roles.items()}
    if odd := [str(role) for role, config in given.items() if role not in off and not isinstance(config, Mapping)]:
        raise ConfigurationError(
            f"{source}: {', '.join(odd)} must be a mapping, such as {{ model: provider:name }}, or `off`"
        )
    on = [role for role in ROLES if role not in off and (common or role in given)]
    merged = {role: {**common, **given.get(role, {})} for role in on}
    said = {role: {key: value for key, value in config.items() if value is not None} for role, config in merged.items()}
    rest = {key: value for key, value in data.items() if key not in ("roles", "default") and value is not None}
    try:
        return Lineup.model_validate({**rest, "roles": said, "off": off})
    except ValidationError as error:
        raise ConfigurationError(f"{source}: {_first(error)}") from error


def _auto_lineup() -> str:
    for variable, name in _BY_KEY.items():
        if secret(variable):
            return name
    raise KeyMissing(
        f"no model to work with: none of {', '.join(_BY_KEY)} is set",
        "set one, or name a line-up of your own with --lineup FILE (any OpenAI-compatible endpoint will do), or try "
        "`slipway demo`, which needs no key",
    )


def read_yaml(path: Path) -> Any:
    """What a YAML file holds. ConfigurationError names the file, and what to do."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}); name a YAML file that is there"
        ) from error
    except NOT_YAML as error:
        raise ConfigurationError(f"{path}: cannot be read as YAML: {' '.join(str(error).split())}") from error


def _mapping(path: Path) -> dict[str, Any]:
    data = read_yaml(path)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigurationError(f"{path}: must hold a mapping, not {type(data).__name__}")
    return data


def _merge(tree: dict[str, Any], extra: Mapping[str, Any], source: str, section: str = "") -> None:
    for key, value in extra.items():
        if key not in tree:
            there = ", ".join(f"{section}{name}" for name in tree)
            raise ConfigurationError(f"{source}: unknown setting {f'{section}{key}'!r}; there are {there}")
        if isinstance(tree[key], dict):
            if not isinstance(value, Mapping):
                raise ConfigurationError(f"{source}: {f'{section}{key}'!r} is a section; give a mapping")
            _merge(tree[key], value, source, f"{section}{key}.")
        else:
            tree[key] = value


def _parse_value(text: str, override: str) -> Any:
    try:
        return yaml.safe_load(text)
    except NOT_YAML as error:
        raise ConfigurationError(f"{override!r} cannot be read: {' '.join(str(error).split())}") from error


def _set(tree: dict[str, Any], key: str, value: Any, source: str) -> None:
    nested: Any = value
    for part in reversed(key.split(".")):
        nested = {part: nested}
    _merge(tree, nested, source)


def _resolve_folders(folders: dict[str, Any]) -> None:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    defaults = {
        "state": _xdg("XDG_STATE_HOME", ".local/state"),
        "cache": _xdg("XDG_CACHE_HOME", ".cache"),
        "runtime": Path(runtime) / "slipway" if runtime else Path(tempfile.gettempdir()) / f"slipway-{os.getuid()}",
    }
    for name, default in defaults.items():
        folders[name] = Path(folders[name] or default).expanduser().absolute()


def _xdg(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default) / "slipway"


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where + ': ' if where else ''}{first['msg'].removeprefix('Value error, ')}"

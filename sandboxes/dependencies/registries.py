"""Where packages come from: the settings, else what pip and npm of this user say when they are asked."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from ...config.settings import InstallSettings
from ..base import SandboxUnavailable
from ..egress import Origin
from ..pip import pip_command

_ASK = 60.0
"""Seconds that a tool may take to tell its configuration."""


@dataclass(frozen=True)
class Registry:
    """The registries of one ecosystem; no address holds a user name or a password."""

    urls: tuple[str, ...]
    """In order; the first is the main one. Without a slash at the end."""
    scopes: Mapping[str, str] = field(default_factory=dict[str, str])
    """npm: the registry of a scope such as `@corp`."""
    certificates: Path | None = None
    """Authorities that its owner is vouched for by, in PEM; None: this machine's."""
    left_out: tuple[str, ...] = ()
    """What was configured and cannot be used from a sandbox, each with the reason."""

    @property
    def origins(self) -> frozenset[Origin]:
        """What a sandbox must be able to reach."""
        return frozenset(Origin.of(url) for url in (*self.urls, *self.scopes.values()))


async def python_registry(settings: InstallSettings) -> Registry:
    """The index of Python packages. SandboxUnavailable where it cannot be told, or needs a password."""
    said = _pip_values(await _ask([*pip_command(), "config", "list"]))
    cert = _path(said.get("cert"))
    if settings.python_index is not None:
        return Registry((_plain(settings.python_index, "sandbox.install.python_index"),), certificates=cert)
    main = said.get("index-url") or _pip_default(await _ask([*pip_command(), "install", "--help"]))
    extra = (said.get("extra-index-url") or "").split()
    left_out = [f"the extra index {_shown(url)} is a folder of the host" for url in extra if not _is_web(url)]
    left_out += [f"find-links {_shown(place)}" for place in (said.get("find-links") or "").split()]
    urls = [_plain(url, "pip's configuration") for url in (main, *(url for url in extra if _is_web(url)))]
    return Registry(tuple(dict.fromkeys(urls)), certificates=cert, left_out=tuple(left_out))


async def node_registry(settings: InstallSettings) -> Registry:
    """The registry of Node packages. SandboxUnavailable where it cannot be told, or needs a password."""
    npm = shutil.which("npm")
    said: dict[str, Any] = json.loads(await _ask([npm, "config", "list", "--json"])) if npm else {}
    cert = _path(said.get("cafile"))
    if settings.node_registry is not None:
        return Registry((_plain(settings.node_registry, "sandbox.install.node_registry"),), certificates=cert)
    if not isinstance(said.get("registry"), str):
        raise SandboxUnavailable(
            "npm is not installed here, so its registry is unknown; set sandbox.install.node_registry"
        )
    source = "npm's configuration"
    scopes = {
        key.partition(":")[0]: _plain(cast(str, value), source)
        for key, value in said.items()
        if re.fullmatch(r"@[^:/]+:registry", key)
    }
    return Registry((_plain(said["registry"], source),), scopes=scopes, certificates=cert)


def _plain(url: str, source: str) -> str:
    """`url` as it may be handed to a sandbox; the error does not repeat it, since it may hold a password."""
    try:
        Origin.of(url)
    except ValueError as error:
        raise SandboxUnavailable(
            f"{source} names {error}, which a sandbox cannot be given: passwords are never handed to one. Set "
            "sandbox.install.python_index or sandbox.install.node_registry to a mirror that asks for none, or "
            "sandbox.install.wheels to a folder of wheels"
        ) from None
    return url.rstrip("/")


def _pip_values(listed: str) -> dict[str, str]:
    """What `pip config list` says, the later of: any command, `pip install`, the environment (pip's own order)."""
    ranked = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listed.splitlines():
        name, sign, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if sign and section in ranked and ranked[section] >= found.get(key, (0, ""))[0]:
            found[key] = (ranked[section], str(ast.literal_eval(value)))
    return {key: value for key, (_, value) in found.items()}


def _pip_default(text: str) -> str:
    found = re.search(r"--index-url.*?\(default\s+(https?://[^\s)]+)", text, re.DOTALL)
    if found is None:
        raise SandboxUnavailable("pip does not tell its default index; set sandbox.install.python_index")
    return found[1]


async def _ask(command: Sequence[str]) -> str:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(_ASK):
            said, _ = await process.communicate()
    except BaseException as error:
        process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise SandboxUnavailable(f"{Path(command[0]).name} did not tell its configuration in time") from None
        raise
    if process.returncode != 0:
        raise SandboxUnavailable(f"{Path(command[0]).name} did not tell its configuration (exit {process.returncode})")
    return said.decode(errors="replace")


def _path(value: object) -> Path | None:
    return Path(value) if isinstance(value, str) and value else None


def _is_web(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _shown(url: str) -> str:
    """An address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.scheme else url

"""A package registry on loopback: a simple index with wheels, and npm packuments with tarballs, made on the fly."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from slipway.config import load_settings
from slipway.config.settings import InstallSettings

OLD = 400.0
"""Days."""


def stamp(days: float) -> str:
    return datetime.fromtimestamp(time.time() - days * 86400, UTC).isoformat().replace("+00:00", "Z")


def wheel(name: str, version: str, files: Mapping[str, str], requires: Sequence[str] = (), scripts: str = "") -> bytes:
    """A wheel of pure Python."""
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    held = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **({f"{info}/entry_points.txt": f"[console_scripts]\n{scripts}\n"} if scripts else {}),
    }
    listed = "".join(f"{path},,\n" for path in [*held, f"{info}/RECORD"])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in {**held, f"{info}/RECORD": listed}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return out.getvalue()


def tarball(files: Mapping[str, str], root: str = "package") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{root}/{path}")
            member.size, member.mode = len(text.encode()), 0o755
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


class Registry:
    """What the server gives, and what it was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.python: dict[str, list[dict[str, Any]]] = {}
        self.packuments: dict[str, dict[str, Any]] = {}
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append(self.path)
                kind, body = registry.pages.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add_file(self, project: str, filename: str, data: bytes, days: float | None = OLD, url: str = "") -> str:
        """List a file of a Python project, `days` old (None: it is not told); gives its hash as a lock has it."""
        digest = hashlib.sha256(data).hexdigest()
        self.pages[f"/files/{filename}"] = ("application/octet-stream", data)
        entry: dict[str, Any] = {"filename": filename, "url": url or f"../../files/{filename}"}
        entry["hashes"] = {"sha256": digest}
        if days is not None:
            entry["upload-time"] = stamp(days)
        listed = self.python.setdefault(project, [])
        listed.append(entry)
        page = {"meta": {"api-version": "1.1"}, "name": project, "files": listed, "versions": []}
        self.pages[f"/simple/{project}/"] = ("application/vnd.pypi.simple.v1+json", json.dumps(page).encode())
        return f"sha256:{digest}"

    def add_wheel(
        self, name: str, version: str, *, days: float | None = OLD, requires: Sequence[str] = (), scripts: str = ""
    ) -> str:
        """A wheel whose module says its version."""
        module = name.replace("-", "_")
        data = wheel(name, version, {f"{module}.py": f"version = {version!r}\n"}, requires, scripts)
        return self.add_file(name, f"{module}-{version}-py3-none-any.whl", data, days)

    def add_npm(
        self, name: str, version: str, manifest: Mapping[str, Any], files: Mapping[str, str], days: float = OLD
    ) -> str:
        """A version of an npm package; gives its integrity."""
        package = {"name": name, "version": version, **manifest}
        data = tarball({"package.json": json.dumps(package), **files})
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
        path = f"/npm/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
        self.pages[path] = ("application/octet-stream", data)
        packument = self.packuments.setdefault(name, {"name": name, "dist-tags": {}, "versions": {}, "time": {}})
        packument["versions"][version] = {**package, "dist": {"tarball": self.url + path, "integrity": integrity}}
        packument["time"][version] = stamp(days)
        packument["dist-tags"]["latest"] = version
        page = ("application/json", json.dumps(packument).encode())
        self.pages[f"/npm/{name}"] = self.pages[f"/npm/{name.replace('/', '%2F')}"] = page
        self.pages[f"/npm/{name.replace('/', '%2f')}"] = page
        return integrity


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry with nothing in it."""
    made = Registry()
    yield made
    made.close()


@pytest.fixture
def install_settings(registry: Registry) -> Callable[..., InstallSettings]:
    """The default settings, for that registry, with changes."""

    def make(**changes: Any) -> InstallSettings:
        here = {"python_index": f"{registry.url}/simple", "node_registry": f"{registry.url}/npm"}
        defaults = load_settings().sandbox.install.model_dump()
        return InstallSettings.model_validate({**defaults, **here, **changes})

    return make


@pytest.fixture
def make_wheel() -> Callable[..., bytes]:
    """Makes a wheel: name, version, files, requires, scripts."""
    return wheel


@pytest.fixture
def make_sdist() -> Callable[[Mapping[str, str], str], bytes]:
    """Makes a `.tar.gz` of files under a root folder."""
    return tarball


@pytest.fixture
def folder_of_wheels(tmp_path: Path) -> Path:
    """A folder with the wheels of `shipwright` 1.0, which needs `caulk`."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    needing = wheel("shipwright", "1.0", {"shipwright.py": "import caulk\nversion = '1.0'\n"}, ["caulk"])
    (folder / "shipwright-1.0-py3-none-any.whl").write_bytes(needing)
    (folder / "caulk-2.0-py3-none-any.whl").write_bytes(wheel("caulk", "2.0", {"caulk.py": ""}))
    return folder

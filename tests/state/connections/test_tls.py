"""A managed Redis is reached over TLS: a certificate that does not fit must stop the run, never be overlooked.

The bundled Valkey is built without TLS, so these tests take Debian's redis-server.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slipway.state import StateUnavailable, open_redis
from slipway.state.connections import blocking_twin, own_connection

StartServer = Callable[..., Any]


def openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


@dataclass(frozen=True)
class Papers:
    """An authority, and what it signed for a server and for a client."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        openssl("req", "-x509", *key, "-keyout", self["ca.key"], "-out", self["ca.pem"], "-days", 2, "-subj", "/CN=ca")
        for name in ("server", "client"):
            request, names = self[f"{name}.csr"], self[f"{name}.ext"]
            names.write_text("subjectAltName = IP:127.0.0.1")
            openssl("req", *key, "-keyout", self[f"{name}.key"], "-out", request, "-subj", f"/CN={name}")
            signed = ("-CA", self["ca.pem"], "-CAkey", self["ca.key"], "-CAcreateserial", "-extfile", names, "-days", 2)
            openssl("x509", "-req", "-in", request, *signed, "-out", self[f"{name}.pem"])

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    @property
    def served(self) -> dict[str, object]:
        """Options of a server."""
        return {
            "tls_ca_cert_file": self["ca.pem"],
            "tls_cert_file": self["server.pem"],
            "tls_key_file": self["server.key"],
        }

    @property
    def query(self) -> str:
        """Options of a client with a certificate of its own."""
        return f"ssl_ca_certs={self['ca.pem']}&ssl_certfile={self['client.pem']}&ssl_keyfile={self['client.key']}"


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    if not shutil.which("openssl"):
        pytest.skip("no openssl: install it (Debian: `apt-get install openssl`)")
    return Papers(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="session")
def tls_program() -> Path:
    found = shutil.which("redis-server")
    if not found:
        pytest.skip("no redis-server with TLS: install it (Debian: `apt-get install redis-server`)")
    return Path(found)


async def use(url: str, folder: Path) -> None:
    """Reads and writes over each kind of connection."""
    async with open_redis(url, data_dir=folder, runtime_dir=folder) as redis:
        assert await redis.set("a", 1)
        async with own_connection(redis, silence=1.0) as own:
            assert await own.get("a") == b"1"
        with blocking_twin(redis, timeout=30.0) as twin:
            assert await asyncio.to_thread(twin.get, "a") == b"1"


async def refusal(url: str, folder: Path) -> str:
    with pytest.raises(StateUnavailable) as raised:
        await use(url, folder)
    return str(raised.value)


async def test_both_sides_show_a_certificate_of_the_named_authority(
    papers: Papers, tls_program: Path, start_server: StartServer, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    start_server(tls_program, tls_port=port, user="ann on >s3cret ~* +@all", **papers.served)
    place = f"127.0.0.1:{port}"
    await use(f"rediss://ann:s3cret@{place}?{papers.query}", tmp_path)

    other = Papers(tmp_path / "other")
    foreign = papers.query.replace(str(papers["ca.pem"]), str(other["ca.pem"]))
    for url, why in (
        (f"rediss://ann:s3cret@{place}?{foreign}", "CERTIFICATE_VERIFY_FAILED"),
        (f"rediss://ann:s3cret@{place}?ssl_ca_certs={papers['ca.pem']}", ""),
        (f"redis://ann:s3cret@{place}", ""),
        (f"rediss://ann:s3cret@{place}?ssl_ca_certs=/nowhere", "No such file or directory"),
    ):
        said = await refusal(url, tmp_path)
        assert said.startswith(f"{url.partition(':')[0]}://ann@{place} does not answer: ")
        assert why in said and "s3cret" not in said


async def test_a_name_that_the_certificate_does_not_hold_is_refused(
    papers: Papers, tls_program: Path, start_server: StartServer, free_port: Callable[[], int], tmp_path: Path
) -> None:
    port = free_port()
    start_server(tls_program, tls_port=port, tls_auth_clients="no", **papers.served)
    place = f"localhost:{port}?ssl_ca_certs={papers['ca.pem']}"
    assert "certificate is not valid for 'localhost'" in await refusal(f"rediss://{place}", tmp_path)
    await use(f"rediss://{place}&ssl_check_hostname=false", tmp_path)


async def test_the_master_behind_a_sentinel(
    papers: Papers, tls_program: Path, start_server: StartServer, free_port: Callable[[], int], tmp_path: Path
) -> None:
    """One authority serves for both: the Sentinel gets the options of the master."""
    master, sentinel = free_port(), free_port()
    start_server(tls_program, tls_port=master, **papers.served)
    watching = [f"monitor m 127.0.0.1 {master} 1"]
    options: dict[str, object] = {"tls_port": sentinel, "tls_replication": "yes", **papers.served}
    start_server(tls_program, appendonly="no", **options, sentinel=watching)
    await use(f"rediss+sentinel://127.0.0.1:{sentinel}/m?{papers.query}", tmp_path)


async def test_a_cluster(
    papers: Papers, tls_program: Path, start_server: StartServer, free_port: Callable[[], int], tmp_path: Path
) -> None:
    """Its nodes are asked for the ports that speak TLS."""
    port = free_port()
    options: dict[str, object] = {"tls_port": port, "cluster_enabled": "yes", "cluster_port": free_port()}
    server = start_server(tls_program, **options, tls_cluster="yes", **papers.served)
    server.call("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    await use(f"rediss+cluster://127.0.0.1:{port}?{papers.query}", tmp_path)

"""Where an Engine is: a mistake here would talk to the wrong machine, or to the right one in the clear."""

from __future__ import annotations

import pytest

from slipway.sandboxes import SandboxUnavailable
from slipway.sandboxes.docker import connect
from slipway.sandboxes.docker.addresses import Address, parse


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("unix:///run/d.sock", Address("unix", "/run/d.sock"), "unix:///run/d.sock"),
        ("tcp://10.0.0.5:2376", Address("tcp", "", "10.0.0.5", 2376), "tcp://10.0.0.5:2376"),
        ("tcp://docker.corp", Address("tcp", "", "docker.corp", 2376), "tcp://docker.corp:2376"),
        ("tcp://[fd00::1]:99", Address("tcp", "", "fd00::1", 99), "tcp://[fd00::1]:99"),
        (
            "ssh://ann@build",
            Address("ssh", "/var/run/docker.sock", "build", 22, "ann"),
            "ssh://ann@build:22/var/run/docker.sock",
        ),
        ("ssh://build:2222/d.sock", Address("ssh", "/d.sock", "build", 2222), "ssh://build:2222/d.sock"),
    ],
)
def test_an_address_is_taken_apart(text: str, address: Address, shown: str) -> None:
    assert (parse(text), str(parse(text))) == (address, shown)
    assert parse(shown) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "docker.sock", "/run/docker.sock", "unix://run/docker.sock", "tcp://", "tcp://host:port", "tcp://host/path",
        "ssh://", "ssh://ann:secret@build", "ssh://-oProxyCommand=touch%20x", "npipe:////./pipe/docker", "fd://",
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(SandboxUnavailable, match="is no address of a Docker Engine"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("unix:///d", True), ("ssh://h", True), ("tcp://127.0.0.9", True), ("tcp://[::1]", True),
        ("tcp://localhost", True), ("tcp://10.0.0.1", False), ("tcp://localhost.evil.example", False),
    ],
)  # fmt: skip
def test_what_other_machines_hear_is_known(text: str, loopback: bool) -> None:
    assert parse(text).on_loopback == loopback


async def test_tcp_without_tls_is_not_used() -> None:
    """Anybody on the way would be root on that machine."""
    with pytest.raises(SandboxUnavailable, match=r"tcp://192\.0\.2\.1:2375 is not used without TLS: set sandbox\.dock"):
        await connect("tcp://192.0.2.1:2375")


@pytest.mark.parametrize("address", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9"])
async def test_an_engine_that_does_not_answer_is_said(address: str) -> None:
    with pytest.raises(SandboxUnavailable, match="no Docker Engine answers"):
        await connect(address)

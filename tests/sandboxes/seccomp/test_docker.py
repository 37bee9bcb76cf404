"""Every system call, made for real in real containers: Docker answers as bubblewrap's filter does.

A second container without a filter tells what the kernel itself would say, so that an allowed call that fails by its
own is not taken for a refused one.
"""

from __future__ import annotations

import io
import json
import signal
import tarfile
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from slipway.sandboxes.seccomp import docker_profile
from slipway.sandboxes.seccomp.base import Answer

KILLED = f"signal {int(signal.SIGSYS)}"
Tried = dict[str, str]


@pytest.fixture(scope="module")
def client(docker_host: str) -> Iterator[docker.DockerClient]:
    made = docker.DockerClient(base_url=docker_host)
    yield made
    made.close()


@pytest.fixture(scope="module")
def image(client: docker.DockerClient, probe: bytes) -> Iterator[str]:
    """An image that holds nothing but the program that makes the calls."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("probe")
        entry.size, entry.mode = len(probe), 0o755
        archive.addfile(entry, io.BytesIO(probe))
    answer = client.api.import_image_from_data(packed.getvalue(), repository="slipway-seccomp-probe", tag="test")
    name = json.loads(answer.splitlines()[-1])["status"]
    yield name
    client.images.remove(name, force=True)


def became(client: docker.DockerClient, image: str, profile: str, calls: list[Any]) -> list[str]:
    printed: bytes = client.containers.run(
        image,
        ["/probe", *map(str, calls)],
        network_mode="none",
        user="10001:10001",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges", f"seccomp={profile}"],
        remove=True,
    )
    return printed.decode().splitlines()


def test_every_call(
    client: docker.DockerClient, image: str, calls: list[Any], answers: list[int], machine: str
) -> None:
    filtered = became(client, image, json.dumps(docker_profile(machine)), calls)
    free = became(client, image, "unconfined", calls)
    expected = [
        {Answer.KILL: KILLED, Answer.ALLOW: itself}.get(answer, str(answer & 0xFFFF))
        for answer, itself in zip(answers, free, strict=True)
    ]
    wrong = [
        (str(call), call.name, hex(answer), got, wanted)
        for call, answer, got, wanted in zip(calls, answers, filtered, expected, strict=True)
        if got != wanted
    ]
    assert wrong == []


def test_names_that_the_engine_does_not_know_are_passed_over(
    client: docker.DockerClient, image: str, machine: str
) -> None:
    """The profile names calls that are newer than the engine may be."""
    profile = docker_profile(machine)
    assert profile is not None
    profile["syscalls"].append({"names": ["not_a_system_call"], "action": "SCMP_ACT_ALLOW"})
    assert became(client, image, json.dumps(profile), ["5000"]) == ["38"]

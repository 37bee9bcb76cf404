from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slipway.models.scripted import load_script

from ..commands import Started


@dataclass
class Endpoint:
    """A scripted endpoint in a process of its own, and what it was asked."""

    base_url: str
    log: Path
    tmp: Path

    def entries(self) -> list[dict[str, Any]]:
        written = self.log.read_text() if self.log.exists() else ""
        return [json.loads(line) for line in written[: written.rfind("\n") + 1].splitlines()]  # the last may grow yet

    def faults(self) -> list[str]:
        return [entry["fault"] for entry in self.entries() if entry["event"] == "fault"]

    def asked(self) -> Counter[str]:
        return Counter(entry["digest"] for entry in self.entries() if entry["event"] == "asked")

    def answered(self) -> Counter[str]:
        return Counter(e["digest"] for e in self.entries() if e["event"] == "answered" and e["status"] == 200)

    def lineup(self, *, stream: bool = False, **roles: dict[str, Any]) -> str:
        """A line-up file whose every role asks this endpoint."""
        role = {
            "stream": stream,
            "model": "openai:scripted",
            "base_url": self.base_url,
            "price": {"input": 1, "cached": 0.1, "output": 5},
        }
        file = self.tmp / f"lineup-{len(list(self.tmp.glob('lineup-*')))}.yaml"
        file.write_text(json.dumps({"default": role, "roles": roles}))  # JSON is YAML
        return str(file)


StartEndpoint = Callable[..., Endpoint]


@pytest.fixture
def start_endpoint(tmp_path: Path, environment: dict[str, str]) -> Iterator[StartEndpoint]:
    """Starts scripted endpoints, and ends them with the test."""
    started: list[Started] = []

    def start(*, latency: float = 0.0, script: str | Path = "tally") -> Endpoint:
        log = tmp_path / f"endpoint-{len(started)}.jsonl"
        arguments = ["--port", "0", "--latency", str(latency), "--script", str(script), "--log", str(log)]
        started.append(Started(("scripted", *arguments), environment))
        said = started[-1].line()
        address = re.search(r"http://\S+", said)
        assert address, said
        return Endpoint(address.group(), log, tmp_path)

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=60)
        process.close()


@pytest.fixture(scope="session")
def request_text() -> str:
    """The request of the shipped demo."""
    return load_script("tally").request

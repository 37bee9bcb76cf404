"""What is known of a run at one moment, read past the run: from the server, and from the endpoint's log."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from slipway.state.keys import RUNS, ProjectKeys, RunKeys

Answers = dict[str, bytes]
"""The name of a call -> its journal entry."""
Revisions = dict[str, str]
"""Step and attempt -> revision number and version."""


@dataclass(frozen=True)
class Stored:
    """What lies in the server."""

    run: str | None = None
    project: str = ""
    journal: Answers = field(default_factory=dict[str, bytes])
    published: Revisions = field(default_factory=dict[str, str])
    checkpoints: frozenset[bytes] = frozenset()
    events: tuple[dict[str, Any], ...] = ()
    head: str = ""
    manifests: frozenset[str] = frozenset()


def stored(client: redis.Redis) -> Stored:
    """What the server holds of the one run that it has; empty where that is not recorded yet."""
    for name in client.zrange(RUNS, 0, -1):
        keys = RunKeys(name.decode())
        raw = client.hget(keys.record, "record")
        if raw is not None:
            return _read(client, keys, json.loads(raw))
    return Stored()


def _read(client: redis.Redis, keys: RunKeys, record: dict[str, Any]) -> Stored:
    project = ProjectKeys(record["project"])
    published = client.hgetall(project.branch(record["id"]).published)
    messages = client.xrange(keys.events)
    return Stored(
        run=record["id"],
        project=record["project"],
        journal={name.decode(): entry for name, entry in client.hgetall(keys.journal).items()},
        published={name.decode(): revision.decode() for name, revision in published.items()},
        checkpoints=frozenset(client.hkeys(keys.checkpoints)),
        events=tuple(json.loads(fields[b"event"]) for _, fields in messages),
        head=(client.get(project.head) or b"").decode(),
        manifests=frozenset(name.decode() for name in client.hkeys(project.manifests)),
    )


def asked(log: Path) -> Counter[str]:
    """How often the endpoint was asked what, by the digest in its answers."""
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return Counter(line["digest"][:24] for line in lines if line["event"] == "asked")


def is_model(name: str) -> bool:
    """Whether the call `name` is one to a model."""
    return json.loads(name)[2] == "model"


def endpoint_digest(entry: bytes) -> str:
    """The digest by which the endpoint knows a recorded answer of a model."""
    answer = json.loads(json.loads(entry)["reply"])
    return str(answer["message"]["response_metadata"]["id"]).removeprefix("chatcmpl-")

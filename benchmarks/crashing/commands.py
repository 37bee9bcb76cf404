"""What a client's command means for a run: read off the keys that it names, so that its script may change."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

_READS = frozenset(
    b"GET HGET HMGET HGETALL HEXISTS HKEYS HLEN LRANGE LLEN XRANGE XREVRANGE XREAD XLEN EXISTS PTTL TTL INFO PING "
    b"CLIENT SELECT COMMAND CONFIG ZRANGE ZREVRANGE ZCARD SCAN HSCAN HELLO AUTH MULTI WATCH UNWATCH SCRIPT WAITAOF "
    b"MEMORY TYPE HSTRLEN STRLEN".split()
)

_SCRIPTS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(keys.split()), kind)
    for keys, kind in (
        # The first line whose keys are all named decides.
        ("fence journal checkpoints", "life"),
        ("branch.published blobs", "publish"),
        ("branch.published manifests", "restore"),
        ("branch.published branch.fence", "life"),
        ("fence checkpoints", "checkpoint"),
        ("fence writes", "pending writes"),
        ("fence journal journal-order", "journal record"),
        ("fence journal journal-open", "journal begin"),
        ("fence journal-open", "journal abandon"),
        ("ledger.open ledger.days", "budget"),
        ("ledger.fence", "life"),
        ("fence record events", "outcome"),
        ("fence events", "event"),
        ("fence record", "status"),
        ("record traces", "run record"),
        ("lease", "lease"),
        ("branch.fence head", "head"),
        ("branch.fence blobs", "contents"),
        ("branch.fence branch.meta", "green"),
        ("branch.fence", "project fence"),
        ("branch.meta", "branch"),
        ("head manifests", "project"),
        ("manifests", ""),
        ("checkpoints", ""),
        ("versions values", ""),
    )
)
"""Keys of a script -> what it does; nothing where it only reads."""


@dataclass(frozen=True)
class Command:
    """One command of a run's process."""

    kind: str
    """`checkpoint`, `publish`, `journal record` ...; empty for one that changes nothing."""
    label: str
    """The step and the place in it, where the command says so."""
    keys: tuple[str, ...]
    args: tuple[bytes, ...]
    script: str = ""
    """The digest of its script."""
    by_digest: bool = False
    """The script is not sent along: a server that does not know it refuses, and it is sent whole."""

    @property
    def run(self) -> str | None:
        """The run that it names."""
        found = re.match(r"slipway:(?:\{run:(.*?)\}|\{tenant:.*?\}:run:(.*?)):", self.keys[0]) if self.keys else None
        return found and (found[1] or found[2])

    @property
    def name(self) -> str:
        """Its kind and label."""
        return f"{self.kind} {self.label}".strip()


def understand(words: list[bytes]) -> Command:
    """What `words` mean."""
    verb = words[0].upper()
    if verb in (b"EVALSHA", b"EVAL"):
        count = int(words[2])
        keys = tuple(key.decode() for key in words[3 : 3 + count])
        args = tuple(words[3 + count :])
        kind, by_digest = _script(keys), verb == b"EVALSHA"
        script = words[1].decode() if by_digest else hashlib.sha1(words[1], usedforsecurity=False).hexdigest()
        return Command(kind, _label(kind, args), keys, args, script, by_digest)
    keys = tuple(word.decode("utf-8", "replace") for word in words[1:2])
    return Command("" if verb in _READS else verb.decode().lower(), "", keys, tuple(words[2:]))


def _script(keys: tuple[str, ...]) -> str:
    names = {_suffix(key) for key in keys}
    for wanted, kind in _SCRIPTS:
        if wanted <= names:
            return kind
    return "+".join(sorted(names))


def _suffix(key: str) -> str:
    tail = key.rpartition("}:")[2]
    if "{tenant:" in key:
        return f"ledger.{tail.rpartition(':')[2]}"
    return f"branch.{tail.rpartition(':')[2]}" if tail.startswith("branch:") else tail


def _label(kind: str, args: tuple[bytes, ...]) -> str:
    if kind.startswith("journal"):
        step, index, what, _ = json.loads(args[1])
        return f"{step} {what} {index}"
    if kind == "publish":
        return str(json.loads(args[1])[0])
    if kind == "event":
        event = event_of(args)
        step = event.get("step") or (event.get("record") or {}).get("step", "")
        return f"{event['kind']} {step} {event.get('index', '')}".strip()
    if kind == "status":
        return args[1].decode("utf-8", "replace").partition(":")[0][:20]
    return ""


def event_of(args: tuple[bytes, ...]) -> dict[str, Any]:
    """The event that an append carries."""
    return next(json.loads(arg) for arg in args if arg.startswith(b"{"))

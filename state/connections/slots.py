"""Which master of a cluster serves which key."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import ClusterDownError, MovedError

from .addresses import Node

REDIRECTIONS = 5
"""How often a command follows a slot that moves."""
CIRCLE = "its nodes send the command around in a circle"

_SCRIPTS = frozenset({"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO"})
_STREAMS = frozenset({"XREAD", "XREADGROUP"})
_KEYLESS = frozenset({
    "ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DBSIZE", "ECHO", "FLUSHALL", "FLUSHDB", "INFO", "PING", "ROLE",
    "SCAN", "SCRIPT", "TIME", "WAIT", "WAITAOF",
})  # fmt: skip


def slot_of(words: Sequence[Any]) -> int | None:
    """The slot of a command's first key; None for a command that has no key.

    It knows where scripts, stream readers and commands that begin with their key have it: those of the state layer.
    """
    verb, *rest = words
    name = _bytes(verb).decode().upper().split()[0]
    if name in _SCRIPTS:
        return _slot(rest[2]) if int(rest[1]) else None
    if name in _STREAMS:
        return _slot(rest[[_bytes(word).upper() for word in rest].index(b"STREAMS") + 1])
    return None if name in _KEYLESS or not rest else _slot(rest[0])


def _slot(key: Any) -> int:
    return key_slot(_bytes(key))


def _bytes(word: Any) -> bytes:
    return word if isinstance(word, bytes) else str(word).encode()


class SlotMap:
    """The masters of a cluster, as its nodes told last."""

    def __init__(self, seeds: Sequence[Node]) -> None:
        self._seeds = tuple(seeds)
        self._owners: list[Node | None] = [None] * REDIS_CLUSTER_HASH_SLOTS
        self.stale = True
        """Whether to ask a node before it is used."""

    def learn(self, reply: Sequence[Any], told_by: Node) -> None:
        """Take over what a node answered to CLUSTER SLOTS."""
        owners: list[Node | None] = [None] * REDIS_CLUSTER_HASH_SLOTS
        for first, last, (host, port, *_), *_ in reply:
            owners[first : last + 1] = [_node(host, port, told_by)] * (last + 1 - first)
        self._owners = owners
        self.stale = False

    def moved(self, error: MovedError, told_by: Node) -> Node:
        """Take over a redirection and return where it points."""
        node = _node(error.host, error.port, told_by)
        self._owners[error.slot_id] = node
        return node

    def owner(self, slot: int) -> Node:
        """The master of a slot. ClusterDownError: it has none."""
        node = self._owners[slot]
        if node is None:
            raise ClusterDownError(f"no node of the cluster serves slot {slot}")
        return node

    def masters(self) -> list[Node]:
        """Every master that serves slots. ClusterDownError: a slot has none."""
        return sorted({self.owner(slot) for slot in range(REDIS_CLUSTER_HASH_SLOTS)})

    def contacts(self) -> list[Node]:
        """Every node to ask for the map: those of the map and those that the URL names, in any order."""
        known = list(dict.fromkeys([*filter(None, dict.fromkeys(self._owners)), *self._seeds]))
        return random.sample(known, len(known))


def _node(host: Any, port: Any, told_by: Node) -> Node:
    """A node as another one names it; without a host it is the teller's."""
    name = _bytes(host).decode() if host else ""
    return (told_by[0] if name in ("", "?") else name, int(port))

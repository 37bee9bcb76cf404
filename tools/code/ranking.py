"""Personalised PageRank (Page, Brin, Motwani and Winograd, 1999; Haveliwala, 2002) over a small weighted graph."""

from __future__ import annotations

from collections.abc import Mapping

DAMPING = 0.85
_ROUNDS = 40
_ENOUGH = 1e-9


def ranks(edges: Mapping[str, Mapping[str, float]], personal: Mapping[str, float]) -> dict[str, float]:
    """The rank of each key of `personal`; they sum to 1.

    `edges`: node -> node -> weight, above 0. `personal`: how likely a reader begins there, not below 0; one of them is
    above. The same arguments give the same ranks, whatever their order.
    """
    nodes = sorted(personal)
    total = sum(personal[node] for node in nodes)
    start = {node: personal[node] / total for node in nodes}
    shares = {node: _shares(edges.get(node, {})) for node in nodes}
    rank = dict(start)
    for _ in range(_ROUNDS):
        lost = sum(rank[node] for node in nodes if not shares[node])
        after = {node: (1 - DAMPING + DAMPING * lost) * start[node] for node in nodes}
        for node in nodes:
            for other, share in shares[node]:
                after[other] += DAMPING * rank[node] * share
        moved = sum(abs(after[node] - rank[node]) for node in nodes)
        rank = after
        if moved < _ENOUGH:
            break
    return rank


def _shares(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    total = sum(weights[node] for node in sorted(weights))
    return [(node, weights[node] / total) for node in sorted(weights)]

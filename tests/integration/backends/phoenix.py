from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ...ports import kept_port
from .seen import Seen, ours
from .serving import served

_PRICED = """mutation($costs: [TokenPriceInput!]!) {
  createModel(input: {name: "tally", namePattern: "^tally$", costs: $costs}) { model { id } }
}"""
_COST = """query($id: ID!) {
  node(id: $id) { ... on Project { trace(traceId: "TRACE") { costSummary { total { cost } } } } }
}"""


@dataclass(frozen=True)
class Phoenix:
    """Arize Phoenix on this machine."""

    url: str

    def price(self, **per_million: tuple[str, float]) -> None:
        """Say what the model of the demo costs, as a person does in its settings."""
        costs = [
            {"tokenType": name, "kind": kind, "costPerMillionTokens": price}
            for name, (kind, price) in per_million.items()
        ]
        self._ask(_PRICED, costs=costs)

    def spans(self) -> dict[str, Seen]:
        """Every span that it has, by id."""
        answer = httpx.get(f"{self.url}/v1/projects/default/spans", params={"limit": 1000}, trust_env=False)
        return {span["context"]["span_id"]: _seen(span) for span in answer.raise_for_status().json()["data"]}

    def cost(self, trace: str) -> float:
        """What a trace cost, as it reckons from tokens and its prices."""
        answer = httpx.get(f"{self.url}/v1/projects/default", trust_env=False).raise_for_status().json()
        node = self._ask(_COST.replace("TRACE", trace), id=answer["data"]["id"])["node"]
        return node["trace"]["costSummary"]["total"]["cost"]

    def page(self, trace: str) -> str:
        """The page of a trace."""
        return f"{self.url}/redirects/traces/{trace}"

    def _ask(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.url}/graphql", json=body, trust_env=False).raise_for_status().json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


def _seen(span: dict[str, Any]) -> Seen:
    said = span["attributes"]
    return Seen(
        name=span["name"],
        trace=span["context"]["trace_id"],
        parent=span["parent_id"],
        failed=span["status_message"] if span["status_code"] == "ERROR" else None,
        attributes=ours(said),
        evaluations=tuple(e["attributes"] for e in span["events"] if e["name"] == "gen_ai.evaluation.result"),
        added={"kind": span["span_kind"], **{name: said[name] for name in said.keys() - ours(said).keys()}},
    )


@contextmanager
def phoenix(programs: Path, place: Path) -> Iterator[Phoenix]:
    """Phoenix while the block lasts."""
    with kept_port() as port, kept_port() as grpc:
        variables = {
            "PHOENIX_WORKING_DIR": str(place), "PHOENIX_HOST": "127.0.0.1", "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(grpc), "PHOENIX_TELEMETRY_ENABLED": "false",
        }  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        with served([programs / "phoenix", "serve"], place, f"{url}/healthz", variables):
            yield Phoenix(url)

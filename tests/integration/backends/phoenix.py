from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import get_current_span

from slipway.telemetry import Tracer, trace_id

from ...ports import kept_port
from .seen import Seen, ours
from .serving import served

_PRICED = """mutation($costs: [TokenPriceInput!]!) {
  createModel(input: {name: "tally", namePattern: "^tally$", costs: $costs}) { model { id } }
}"""
_COST = """query($id: ID!, $trace: ID!) {
  node(id: $id) { ... on Project { trace(traceId: $trace) { costSummary { total { cost } } } } }
}"""
_PROBE = "probe"
_HEARD = 60


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
        until = time.monotonic() + _HEARD
        while not self.cost(self._probe(), _PROBE):  # it looks for new prices every few seconds
            assert time.monotonic() < until, "Phoenix does not take the price over"

    def _probe(self) -> str:
        """The trace id of a call of that model, in a project apart, once it is there."""
        provider = TracerProvider(resource=Resource.create({"openinference.project.name": _PROBE}))
        provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{self.url}/v1/traces")))
        with Tracer(provider, _PROBE).chat("scripted", "tally", ()) as chat:
            chat.input_tokens, chat.output_tokens, trace = 1000, 1000, trace_id(get_current_span())
        provider.shutdown()
        time.sleep(1)
        return trace

    def spans(self) -> dict[str, Seen]:
        """Every span that it has, by id."""
        answer = httpx.get(f"{self.url}/v1/projects/default/spans", params={"limit": 1000}, trust_env=False)
        return {span["context"]["span_id"]: _seen(span) for span in answer.raise_for_status().json()["data"]}

    def cost(self, trace: str, project: str = "default") -> float:
        """What a trace cost, as it reckons from tokens and its prices; 0 before it has."""
        answer = httpx.get(f"{self.url}/v1/projects/{project}", trust_env=False)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return 0.0
        found = self._ask(_COST, id=answer.raise_for_status().json()["data"]["id"], trace=trace)["node"]["trace"]
        return (found and found["costSummary"]["total"]["cost"]) or 0.0

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

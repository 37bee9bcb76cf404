from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ...ports import kept_port
from .seen import Seen, ours
from .serving import served

_FAILED = ("STATUS_CODE_ERROR", 2)


@dataclass(frozen=True)
class MLflow:
    """MLflow's tracking server on this machine."""

    url: str

    def spans(self, trace: str) -> dict[str, Seen]:
        """Every span of a trace that it has, by id."""
        return {_hex(span["span_id"]): _seen(span) for span in self._trace(trace)["spans"]}

    def info(self, trace: str) -> dict[str, Any]:
        """What it says of a trace as a whole."""
        return self._trace(trace)["trace_info"]

    def page(self, trace: str) -> str:
        """The page of a trace."""
        return f"{self.url}/#/experiments/0/traces?selectedEvaluationId=tr-{trace}"

    def _trace(self, trace: str) -> Any:
        where = f"{self.url}/api/3.0/mlflow/traces/get"
        answer = httpx.get(where, params={"trace_id": f"tr-{trace}"}, timeout=60, trust_env=False)
        return answer.raise_for_status().json()["trace"]


def _seen(span: dict[str, Any]) -> Seen:
    said, status = _plain(span.get("attributes", ())), span.get("status", {})
    told = [_plain(e.get("attributes", ())) for e in span.get("events", ()) if e["name"] == "gen_ai.evaluation.result"]
    return Seen(
        name=span["name"],
        trace=_hex(span["trace_id"]),
        parent=_hex(span["parent_span_id"]) if span.get("parent_span_id") else None,
        failed=status.get("message", "") if status.get("code") in _FAILED else None,
        attributes=ours(said),
        evaluations=tuple(told),
        links=tuple(_hex(link["trace_id"]) for link in span.get("links", ())),
        added={name: said[name] for name in said.keys() - ours(said).keys()},
    )


def _plain(pairs: list[dict[str, Any]] | tuple[()]) -> dict[str, Any]:
    return {pair["key"]: _value(pair["value"]) for pair in pairs}


def _value(value: dict[str, Any]) -> Any:
    [(kind, told)] = value.items()
    if kind == "array_value":
        return [_value(each) for each in told.get("values", ())]
    return _plain(told.get("values", ())) if kind == "kvlist_value" else told


def _hex(told: str) -> str:
    return base64.b64decode(told).hex()


@contextmanager
def mlflow(programs: Path, place: Path) -> Iterator[MLflow]:
    """MLflow while the block lasts."""
    variables = {
        "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }  # fmt: skip
    with kept_port() as port:
        words = [
            programs / "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
            "--backend-store-uri", f"sqlite:///{place}/mlflow.db", "--default-artifact-root", place / "artifacts",
        ]  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        with served(words, place, f"{url}/health", variables):
            yield MLflow(url)

"""Traces go to whatever backend people have, and a backend that is away costs neither the run nor the spans."""

from __future__ import annotations

import gzip
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from slipway import run
from slipway.config import Settings, load_settings
from slipway.telemetry import read_spans

from .playing import REQUEST, Play


class _Backend(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.names: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert self.path == "/v1/traces" and isinstance(self.server, _Backend)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.server.names += [span.name for scope in resource.scope_spans for span in scope.spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def backend() -> Iterator[_Backend]:
    server = _Backend()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def test_the_spans_arrive(
    backend: _Backend, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.url)
    outcome = await run(REQUEST, lineup=Play().lineup(tmp_path), settings=load_settings())
    assert (outcome.status, outcome.usage.calls) == ("delivered", 4)
    assert sum(name.startswith("chat ") for name in backend.names) == 4
    assert backend.names.count("invoke_workflow slipway") == 1
    assert not (settings.run_folder(outcome.run) / "spans.jsonl").exists()


async def test_a_backend_that_is_away_is_named_once_and_the_spans_are_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with caplog.at_level(logging.WARNING):
        outcome = await run(REQUEST, lineup=Play().lineup(tmp_path), settings=load_settings())
    assert (outcome.status, outcome.usage.calls) == ("delivered", 4)
    file = settings.run_folder(outcome.run) / "spans.jsonl"
    assert caplog.messages == [f"spans cannot be sent to http://127.0.0.1:9; they are kept in {file}"]
    assert sum(span["name"].startswith("chat ") for span in read_spans(file)) == 4

"""A trace is needed most where a run went wrong: what was written before a kill can be read, and it breaks no run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from slipway.config import Secrets, TelemetrySettings, load_lineup
from slipway.telemetry import Collector, Tracer, evaluated, exporting, failed, hindered, read_spans, trace_id
from slipway.telemetry.setup import FileExporter, KeptIfUnsent


def settings(endpoint: str | None, sample: float = 1.0) -> TelemetrySettings:
    """Settings under which only failed and resumed runs are kept, beside the sampled ones."""
    return TelemetrySettings(otlp_endpoint=endpoint, backend=None, sample=sample, slow_seconds=None)


LOCAL = settings(None)


def test_without_a_backend_spans_go_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "runs" / "r" / "spans.jsonl"
    with exporting(LOCAL, file, "1.2.3") as provider:
        tracer = Tracer(provider, "r", "1.2.3")
        with tracer.span("outer", slipway__step="check/1") as outer, tracer.span("inner"):
            failed(outer, "it broke")
    spans = read_spans(file)
    assert [(span["name"], span["attributes"], span["status"]) for span in spans] == [
        ("outer", {"gen_ai.conversation.id": "r", "slipway.step": "check/1"},
         {"status_code": "ERROR", "description": "it broke"}),
        ("inner", {"gen_ai.conversation.id": "r"}, {"status_code": "UNSET"}),
    ]  # fmt: skip
    assert spans[1]["parent_id"] == spans[0]["context"]["span_id"]
    resource = spans[0]["resource"]["attributes"]
    assert (resource["service.name"], resource["service.version"]) == ("slipway", "1.2.3")


def test_passages_of_one_run_follow_each_other_in_one_file(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    for name in ("first", "grüße \u2028 \x1b"):
        with exporting(LOCAL, file, "1") as provider, Tracer(provider, "r").span(name):
            pass
    assert [span["name"] for span in read_spans(file)] == ["first", "grüße \u2028 \x1b"]
    assert len(file.read_text().splitlines()) == 2


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_line_that_was_cut_by_a_kill_is_left_out(tmp_path: Path, keep: float) -> None:
    file = tmp_path / "spans.jsonl"
    with exporting(LOCAL, file, "1") as provider:
        for name in ("one", "two"):
            Tracer(provider, "r").event(name)
    first, second = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + second[: int(len(second) * keep)])
    assert [span["name"] for span in read_spans(file)] == ["one"]


def test_a_passage_after_a_cut_line_loses_nothing(tmp_path: Path) -> None:
    """The next passage appends behind what the kill left."""
    file = tmp_path / "spans.jsonl"
    file.write_text('{"name": "cut", "sta')
    with exporting(LOCAL, file, "1") as provider:
        for name in ("one", "two"):
            Tracer(provider, "r").event(name)
    assert [span["name"] for span in read_spans(file)] == ["one", "two"]


def test_no_file_is_no_spans(tmp_path: Path) -> None:
    assert read_spans(tmp_path / "nothing.jsonl") == []


def test_a_file_that_cannot_be_written_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    exporter = FileExporter(tmp_path / "file" / "spans.jsonl")
    assert exporter.export([]) is SpanExportResult.FAILURE
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    Tracer(provider, "r").event("one")
    provider.shutdown()


def test_spans_of_many_threads_stay_whole(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(FileExporter(file)))
    tracer = Tracer(provider, "r")
    threads = [threading.Thread(target=lambda: [tracer.event("x" * 5000) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    provider.shutdown()
    assert [len(json.loads(line)["name"]) for line in file.read_text().splitlines()] == [5000] * 80


@pytest.fixture
def backend() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """An OTLP endpoint, and what it was sent."""
    received: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


def test_with_a_backend_spans_go_there_and_to_no_file(
    tmp_path: Path, backend: tuple[str, list[tuple[str, bytes]]]
) -> None:
    """They are there when the block ends: a process may end right behind it."""
    url, received = backend
    with exporting(settings(f"{url}/"), tmp_path / "spans.jsonl", "1") as provider:
        Tracer(provider, "r").event("one")
    [(path, body)] = received
    assert path == "/v1/traces" and b"gen_ai.conversation.id" in body
    assert not (tmp_path / "spans.jsonl").exists()


def test_what_a_backend_is_sent_is_sampled_and_comes_whole(
    tmp_path: Path, backend: tuple[str, list[tuple[str, bytes]]]
) -> None:
    """More spans than a batch processor queues by itself, which come at once when their run has failed."""
    url, received = backend
    with exporting(settings(url, 0.0), tmp_path / "spans.jsonl", "1") as provider:
        tracer = Tracer(provider, "r")
        with tracer.workflow("p"):
            tracer.event("of a run that delivered")
        with tracer.workflow("p") as root:
            for number in range(5_000):
                tracer.event(f"n{number}")
            failed(root, "it gave up")
    requests = [ExportTraceServiceRequest.FromString(body) for _, body in received]
    scopes = [scope for request in requests for each in request.resource_spans for scope in each.scope_spans]
    names = [span.name for scope in scopes for span in scope.spans]
    assert sorted(names) == sorted([*(f"n{number}" for number in range(5_000)), "invoke_workflow slipway"])


def test_a_file_holds_what_is_sampled_away(tmp_path: Path) -> None:
    """It is the run's own, and `slipway show --spans` reads it."""
    with exporting(settings(None, 0.0), tmp_path / "spans.jsonl", "1") as provider:
        Tracer(provider, "r").event("one")
    assert [span["name"] for span in read_spans(tmp_path / "spans.jsonl")] == ["one"]


class Picky(SpanExporter):
    """A stand-in for the exporter of a backend: it takes a number of batches and refuses the rest."""

    def __init__(self, takes: int) -> None:
        self._takes = takes
        self.asked: list[list[str]] = []
        self.closed = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.append([span.name for span in spans])
        return SpanExportResult.SUCCESS if len(self.asked) <= self._takes else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self.closed += 1


def batches(exporter: SpanExporter, *names: str) -> list[SpanExportResult]:
    """One batch of two spans for each name."""
    results: list[SpanExportResult] = []
    for name in names:
        collector = Collector()
        tracer = Tracer(collector.provider, "r")
        tracer.event(f"{name}/1")
        tracer.event(f"{name}/2")
        results.append(exporter.export(collector.spans))
    return results


@pytest.mark.parametrize(("takes", "kept"), [(0, "abc"), (1, "bc"), (2, "c"), (3, "")])
def test_what_a_backend_does_not_take_is_kept_from_then_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, takes: int, kept: str
) -> None:
    """A backend that is away is not asked again: each batch would cost its time-out, and the run would wait for it."""
    file, backend = tmp_path / "runs" / "spans.jsonl", Picky(takes)
    exporter = KeptIfUnsent(backend, "http://127.0.0.1:4318", file)
    assert batches(exporter, *"abc") == [SpanExportResult.SUCCESS] * 3
    assert [span["name"] for span in read_spans(file)] == [f"{name}/{n}" for name in kept for n in (1, 2)]
    asked = "abc"[: takes + 1]
    assert backend.asked == [[f"{name}/1", f"{name}/2"] for name in asked]
    told = [f"spans cannot be sent to http://127.0.0.1:4318; they are kept in {file}"] if kept else []
    assert [record.getMessage() for record in caplog.records] == told


def test_spans_that_can_go_nowhere_are_a_failure_that_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    exporter = KeptIfUnsent(Picky(0), "http://127.0.0.1:4318", tmp_path / "file" / "spans.jsonl")
    assert batches(exporter, "a", "b") == [SpanExportResult.FAILURE] * 2


def test_the_backend_is_shut_down_also_where_it_was_given_up(tmp_path: Path) -> None:
    backend = Picky(0)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(KeptIfUnsent(backend, "http://b", tmp_path / "spans.jsonl")))
    Tracer(provider, "r").event("one")
    provider.shutdown()
    assert (backend.asked, backend.closed) == ([["one"]], 1)
    assert [span["name"] for span in read_spans(tmp_path / "spans.jsonl")] == ["one"]


# --- the collector ---------------------------------------------------------------------------------------------------


def test_the_collector_shows_spans_as_trees() -> None:
    """Tests and people compare whole trees: siblings stand in the order in which they began."""
    collector = Collector()
    tracer = Tracer(collector.provider, "r")
    with tracer.workflow("p") as root:
        with tracer.agent("coder", "m", "code/a"), tracer.chat("openai", "m", ()):
            pass
        with tracer.tool("read_file", "1"):
            tracer.event("sandbox.exec")
    with tracer.span("apart"):
        pass
    first, second = collector.roots()
    assert first.outline() + second.outline() == [
        "invoke_workflow slipway",
        "  invoke_agent coder",
        "    chat m",
        "  execute_tool read_file",
        "    sandbox.exec",
        "apart",
    ]
    assert {trace_id(root)} == {f"{s.context.trace_id:032x}" for s in collector.spans[:-1] if s.context}
    ids = [(span.attributes or {}).get("gen_ai.conversation.id") for span in collector.spans]
    assert ids == ["r"] * 6


def test_what_a_run_is_one_of_is_on_every_span() -> None:
    """Many runs are compared by it, and a backend filters spans, not runs."""
    collector, lineup = Collector(), load_lineup("demo")
    tracer = Tracer(collector.provider, "r", labels={"experiment": "e1", "task": "tally"}, lineup=lineup)
    with tracer.workflow("p") as root, tracer.agent("coder", "m", "code/a"):
        with tracer.chat("openai", "m", ()), tracer.span("own"):
            pass
        with tracer.tool("report_problem", "1"):
            hindered("missing_fact")
        evaluated(root, "syntax", "passed", 1.0, "")
    common = {
        "gen_ai.conversation.id": "r", "slipway.lineup": "demo", "slipway.lineup.digest": lineup.digest,
        "slipway.label.experiment": "e1", "slipway.label.task": "tally",
    }  # fmt: skip
    assert len(collector.spans) == 5
    assert [{name: (span.attributes or {}).get(name) for name in common} for span in collector.spans] == [common] * 5
    events = [(span.name, event) for span in collector.spans for event in span.events]
    assert [(name, event.name, dict(event.attributes or {})) for name, event in events] == [
        ("execute_tool report_problem", "slipway.problem", {"slipway.problem.kind": "missing_fact"}),
        ("invoke_workflow slipway", "gen_ai.evaluation.result",
         {"gen_ai.evaluation.name": "syntax", "gen_ai.evaluation.score.label": "passed",
          "gen_ai.evaluation.score.value": 1.0}),
    ]  # fmt: skip


def test_a_passage_links_to_the_one_before() -> None:
    first, second = Collector(), Collector()
    with Tracer(first.provider, "r").workflow("p") as span:
        earlier = trace_id(span)
    with Tracer(second.provider, "r").workflow("p", earlier):
        pass
    [root] = second.roots()
    assert [f"{link.context.trace_id:032x}" for link in root.span.links] == [earlier]
    assert (root.span.attributes or {})["slipway.continues"] == earlier  # a backend may drop links
    assert root.span.context and f"{root.span.context.trace_id:032x}" != earlier


def test_an_error_is_on_the_span_that_it_crossed() -> None:
    collector = Collector()
    with pytest.raises(KeyError), Tracer(collector.provider, "r").span("one"):
        raise KeyError("gone")
    [span] = collector.spans
    assert not span.status.is_ok and [event.name for event in span.events] == ["exception"]


def test_no_known_secret_leaves_with_a_span(tmp_path: Path) -> None:
    """Names, attributes, what was raised, why it failed: an error message quotes the key that it refuses."""
    key = "sk-live-4711-abcdef"
    secrets = Secrets()
    with exporting(LOCAL, tmp_path / "spans.jsonl", "1", secrets) as provider:
        secrets.add(key)  # keys are read when the exporter is open already
        tracer = Tracer(provider, "r")
        with tracer.span(f"run {key}", slipway__step=f"a {key}") as span, tracer.span("inner"):
            span.set_attribute("list", [key, "b"])
            span.record_exception(ValueError(f"bad key {key}"))
            failed(span, f"refused {key}")
    [outer, inner] = read_spans(tmp_path / "spans.jsonl")
    assert key not in (tmp_path / "spans.jsonl").read_text()
    assert (outer["name"], outer["attributes"]["slipway.step"], outer["attributes"]["list"]) == (
        "run ***", "a ***", ["***", "b"],
    )  # fmt: skip
    assert outer["events"][0]["attributes"]["exception.message"] == "bad key ***"
    assert outer["status"] == {"status_code": "ERROR", "description": "refused ***"}
    assert (
        inner["parent_id"] == outer["context"]["span_id"] and outer["resource"]["attributes"]["service.version"] == "1"
    )

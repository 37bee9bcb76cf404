"""The trace is how people see what a run did and where its money went: the whole tree, not five spans of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from slipway import resume, run, run_sync
from slipway.agents import pinned
from slipway.config import Settings, load_settings, parse_lineup
from slipway.models.scripted import load_script
from slipway.state import EventStream, Problem, ProblemReported, RunStore, open_state
from slipway.telemetry import Collector
from slipway.telemetry.collector import Node

from .playing import REQUEST, RIGHT, Play, call, write


def _named(node: Node) -> tuple[str, list[str]]:
    """A child of the root by its step or name, and its own children; checks run in parallel, so they are sorted."""
    below = [line.removeprefix("  ") for child in node.children for line in child.outline(1)]
    step = str((node.span.attributes or {}).get("slipway.step", ""))
    return (step or node.span.name), below


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Collector:
    """The spans of one whole demo."""
    collector = Collector()
    folders = [f"folders.{name}={tmp_path_factory.mktemp(name)}" for name in ("state", "runtime")]
    settings = load_settings([*folders, f"folders.cache={cache_dir}", "limits.mutants=1"])
    outcome = run_sync(
        load_script("tally").request, lineup="demo", settings=settings, tracer_provider=collector.provider
    )
    assert outcome.status == "delivered"
    return collector


def test_the_whole_tree(collector: Collector) -> None:
    roots = collector.roots()
    assert [root.span.name for root in roots] == ["invoke_workflow slipway"]
    stages = {name: (node.span.name, below) for node in roots[0].children for name, below in [_named(node)]}
    tool_loop = [
        "chat tally", "execute_tool run", "  sandbox.exec", "chat tally", "execute_tool write_file",
        "execute_tool run_checks",
    ]  # fmt: skip
    names = (
        "bandit", "coverage", "entry", "imports", "lint", "placeholders", "secrets", "semgrep", "syntax", "tests",
        "types",
    )  # fmt: skip
    checks = [f"check {name}" for name in names]
    # What only advises, and what looks for danger, is left to the end.
    beside = [f"  check {name}" for name in names if name not in ("bandit", "coverage", "secrets", "semgrep")]
    assert {name: span for name, (span, _) in stages.items()} == {
        "interpret": "invoke_agent architect",
        "design": "invoke_agent architect",
        "baseline": "stage baseline",
        "code/amounts": "invoke_agent coder",
        "code/ledger": "invoke_agent coder",
        "code/cli": "invoke_agent coder",
        "write_tests": "invoke_agent tester",
        "integrate/2": "stage integrate",
        "integrate/3": "stage integrate",
        "check/1": "stage check",
        "fix/1": "invoke_agent fixer",
        "check/2": "stage check",
        "mutate/1": "stage mutate",
        "deliver": "stage deliver",
    }
    assert stages["interpret"][1] == stages["design"][1] == ["chat tally"]
    assert stages["baseline"][1] == stages["deliver"][1] == []
    for name in ("code/amounts", "code/ledger"):
        below = [line for line in stages[name][1] if not line.startswith(("  check", "    "))]
        assert below == [*tool_loop, "publish"]
    before_there_is_code = ["check vacuous", "  sandbox.exec", "  sandbox.exec"]
    written = ["chat tally", *["execute_tool write_file"] * 3, "execute_tool run_checks"]
    form = [line for name in ("syntax", "lint", "placeholders") for line in (f"  check {name}", "    sandbox.exec")]
    assert stages["write_tests"][1] == [*written, *form, "publish", *before_there_is_code]
    for name in ("check/1", "check/2"):
        below = stages[name][1]
        assert sorted(line for line in below if line.startswith("check")) == checks
        # One each. For the tests another: the red ones again, alone, or all of them contradicted; and for the imports,
        # which are looked at before they are made.
        assert Counter(below)["  sandbox.exec"] == len(names) + 2
    fixer = [line for line in stages["fix/1"][1] if not line.startswith("  ")]
    assert fixer == [
        "check executed", "chat tally", "execute_tool read_file", "chat tally", "execute_tool edit_file",
        "execute_tool run_checks", "publish",
    ]  # fmt: skip
    assert sorted(line for line in stages["fix/1"][1] if line.startswith("  check")) == beside


def test_every_span_says_which_run_it_belongs_to_and_a_chat_says_what_it_used(collector: Collector) -> None:
    ids = {(span.attributes or {}).get("gen_ai.conversation.id") for span in collector.spans}
    assert len(ids) == 1 and None not in ids
    chats = [span for span in collector.spans if span.name == "chat tally"]
    assert len(chats) == 10
    for span in chats:
        said = dict(span.attributes or {})
        assert said["gen_ai.operation.name"] == "chat" and said["gen_ai.request.model"] == "tally"
        assert said["gen_ai.provider.name"] == "scripted" and said["slipway.cost_usd"] == 0.0
        assert int(str(said["gen_ai.usage.input_tokens"])) > 0 and int(str(said["gen_ai.usage.output_tokens"])) > 0
    assert any((span.attributes or {}).get("gen_ai.usage.cache_read.input_tokens") for span in chats)


def test_content_is_left_out_unless_asked_for(collector: Collector) -> None:
    assert [
        key for span in collector.spans for key in span.attributes or {} if "messages" in key or "arguments" in key
    ] == []
    assert "expense" not in "".join(str(dict(span.attributes or {})) for span in collector.spans)


async def test_content_where_it_is_asked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "span_only")
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "gen_ai_latest_experimental")
    collector = Collector()
    await run(REQUEST, lineup=Play().lineup(tmp_path), settings=settings, tracer_provider=collector.provider)
    chat = next(span for span in collector.spans if span.name.startswith("chat "))
    assert "## Task: brief" in str((chat.attributes or {})["gen_ai.input.messages"])
    tool = next(span for span in collector.spans if span.name == "execute_tool write_file")
    assert "money.py" in str((tool.attributes or {})["gen_ai.tool.call.arguments"])


async def test_a_resumed_run_links_to_its_first_trace_and_shows_journal_hits(settings: Settings) -> None:
    first, second = Collector(), Collector()
    # Its longest chain of calls takes longer than it gets, however fast the machine is.
    lineup = parse_lineup({"name": "slow", "default": {"model": "scripted:tally?latency=0.25"}}, source="slow")
    parked = await run(
        load_script("tally").request, lineup=lineup, settings=settings, timeout=1.5, tracer_provider=first.provider
    )
    assert parked.status == "paused"
    done = await resume(parked.run, settings=settings, tracer_provider=second.provider)
    assert done.status == "delivered"
    root = second.roots()[0].span
    assert [f"{link.context.trace_id:032x}" for link in root.links] == [parked.trace_id]
    assert _conversation(root) == _conversation(first.roots()[0].span) == parked.run
    chats = Counter(span.name for span in (*first.spans, *second.spans))
    assert chats["chat tally"] - done.asked_twice <= 10


async def test_without_a_backend_the_spans_are_kept_with_the_run(settings: Settings, tmp_path: Path) -> None:
    outcome = await run(REQUEST, lineup=Play().lineup(tmp_path), settings=settings)
    file: Path = settings.run_folder(outcome.run) / "spans.jsonl"
    assert f'"0x{outcome.trace_id}"' in file.read_text()


async def test_what_hindered_an_agent_is_in_its_trace_its_record_and_the_outcome(
    settings: Settings, tmp_path: Path
) -> None:
    """It is counted by line-up, and a person reads it; what it says is content, which a trace does not hold unasked."""
    collector = Collector()
    coder = (
        call("report_problem", problem="no rounding rule", kind="missing_fact"),
        call("report_problem", problem="C1 is vague"), write("money.py", RIGHT),
    )  # fmt: skip
    labels = {"experiment": "e1", "task": "money"}
    lineup, provider = Play(coder=coder).lineup(tmp_path), collector.provider
    outcome = await run(REQUEST, lineup=lineup, settings=settings, tracer_provider=provider, labels=labels)
    [problems] = [stage.problems for stage in outcome.stages if stage.role == "coder"]
    assert problems == (
        Problem(kind="missing_fact", text="no rounding rule"),
        Problem(kind="other", text="C1 is vague"),
    )
    assert (outcome.status, outcome.problems) == ("delivered", {"missing_fact": 1, "other": 1})
    told = [(span.name, event.name, dict(event.attributes or {})) for span in collector.spans for event in span.events]
    assert [each for each in told if each[1] == "slipway.problem"] == [
        ("execute_tool report_problem", "slipway.problem", {"slipway.problem.kind": kind})
        for kind in ("missing_fact", "other")
    ]
    assert "rounding" not in repr([(dict(span.attributes or {}), told) for span in collector.spans])
    common = {"slipway.lineup": "play", "slipway.lineup.digest": pinned(lineup).digest}
    common |= {f"slipway.label.{name}": value for name, value in labels.items()}
    assert [{name: (span.attributes or {}).get(name) for name in common} for span in collector.spans] == [
        common for _ in collector.spans
    ]
    async with open_state(settings) as redis:
        assert (await RunStore(redis).get(outcome.run)).labels == labels
        events = [event for _, event in await EventStream(redis, outcome.run).read()]
    assert [(each.step, each.problem) for each in events if isinstance(each, ProblemReported)] == [
        ("code/money", problem) for problem in problems
    ]


def _conversation(span: ReadableSpan) -> object:
    return (span.attributes or {})["gen_ai.conversation.id"]

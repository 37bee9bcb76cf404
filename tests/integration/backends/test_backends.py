"""What people open to see what a run did: the whole of it has to be there, as it was, in backends of others.

Phoenix and MLflow run on this machine, from pip (see environments.py): a minute each the first time, then half a minute
for both. Where neither pip's index nor Chromium is there, these tests are skipped.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from .conftest import LABELS, Traced
from .mlflow import MLflow
from .phoenix import Phoenix
from .seen import Seen, sent

pytestmark = pytest.mark.timeout(1200)

KINDS = {
    "invoke_workflow": "CHAIN", "invoke_agent": "AGENT", "chat": "LLM", "execute_tool": "TOOL", "check": "EVALUATOR",
}  # fmt: skip
"""What Phoenix shows a span as, by the first word of its name."""
_SETTLES = 60

T = TypeVar("T")


@pytest.fixture(scope="session")
def known(traced: Traced) -> dict[str, Seen]:
    """Every span of both passages, as this process has it, by id."""
    return dict(map(sent, traced.spans))


def settled(told: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """What a backend tells once that is `enough`, or in the end; it may store, and reckon, later than it answers."""
    until = time.monotonic() + _SETTLES
    while not enough(found := told()) and time.monotonic() < until:
        time.sleep(0.2)
    return found


def kind(span: Seen) -> str:
    return KINDS.get(span.name.partition(" ")[0], "CHAIN")


def bare(spans: dict[str, Seen]) -> dict[str, Seen]:
    """Without what the backend added."""
    return {name: replace(span, added=None) for name, span in spans.items()}


def test_the_run_was_what_the_rest_is_about(traced: Traced, known: dict[str, Seen]) -> None:
    """Two passages of agents, tools and checks, of which some failed; everything says what it is of."""
    assert (traced.parked.status, traced.delivered.status) == ("over_budget", "delivered")
    assert {span.trace for span in known.values()} == {traced.parked.trace_id, traced.delivered.trace_id}
    agents = {span.name for span in known.values() if span.name.startswith("invoke_agent")}
    assert agents == {f"invoke_agent {role}" for role in ("architect", "coder", "tester", "fixer")}
    labels = {str(each["gen_ai.evaluation.score.label"]) for span in known.values() for each in span.evaluations}
    assert labels == {"passed", "failed", "not_run"}  # a coder may be ahead of the tests
    common = {f"slipway.label.{name}": value for name, value in LABELS.items()}
    common |= {"slipway.lineup": "traced", "gen_ai.conversation.id": traced.parked.run}
    assert [span.name for span in known.values() if not common.items() <= span.attributes.items()] == []


def test_phoenix_has_the_whole_run(traced: Traced, known: dict[str, Seen], in_phoenix: Phoenix) -> None:
    """All but links, of which it keeps none: an attribute says what a passage continues, and the session is one."""
    found = settled(in_phoenix.spans, lambda spans: len(spans) >= len(known))
    assert bare(found) == {name: replace(span, links=()) for name, span in known.items()}
    [resumed] = [span for span in found.values() if span.name.startswith("invoke_workflow") and span.failed is None]
    assert resumed.attributes["slipway.continues"] == traced.parked.trace_id
    told = [dict(span.added or {}) for span in found.values()]
    assert [each["kind"] for each in told] == [kind(span) for span in found.values()]
    assert {each["session.id"] for each in told} == {traced.delivered.run}
    tokens = Counter[str]()
    for each in told:
        tokens.update({name: n for name, n in each.items() if name.startswith("llm.token_count.")})
    usage = traced.delivered.usage
    assert tokens == {
        "llm.token_count.prompt": usage.input_tokens, "llm.token_count.completion": usage.output_tokens,
        "llm.token_count.total": usage.input_tokens + usage.output_tokens,
        "llm.token_count.prompt_details.cache_read": usage.cached_tokens,
    }  # fmt: skip
    traces = [str(outcome.trace_id) for outcome in (traced.parked, traced.delivered)]
    cost = pytest.approx(usage.cost_usd)
    assert settled(lambda: sum(map(in_phoenix.cost, traces)), lambda told: told == cost) == cost


def test_mlflow_has_the_whole_run(traced: Traced, known: dict[str, Seen], in_mlflow: MLflow) -> None:
    traces = [str(outcome.trace_id) for outcome in (traced.parked, traced.delivered)]
    found = {**in_mlflow.spans(traces[0]), **in_mlflow.spans(traces[1])}
    assert bare(found) == known
    [resumed] = [span for span in found.values() if span.links]
    assert (resumed.parent, resumed.trace, resumed.links) == (None, traces[1], (traces[0],))
    assert [(span.added or {})["mlflow.spanType"].replace("CHAT_MODEL", "LLM") for span in found.values()] == [
        kind(span) for span in found.values()
    ]
    usage, tokens, cost = traced.delivered.usage, Counter[str](), 0.0
    for span in found.values():
        tokens.update((span.added or {}).get("mlflow.chat.tokenUsage", {}))
        cost += (span.added or {}).get("mlflow.llm.cost", {}).get("total_cost", 0.0)
    assert tokens == {
        "input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens, "cache_read_input_tokens": usage.cached_tokens,
    }  # fmt: skip
    assert cost == pytest.approx(usage.cost_usd)
    told = [in_mlflow.info(trace) for trace in traces]
    assert [each["state"] for each in told] == ["ERROR", "OK"]
    assert [each["trace_metadata"]["mlflow.trace.session"] for each in told] == [traced.delivered.run] * 2


@pytest.mark.parametrize("name", ["phoenix", "mlflow"])
def test_a_person_sees_it(
    name: str, traced: Traced, in_phoenix: Phoenix, in_mlflow: MLflow, looked: Callable[..., str]
) -> None:
    """The page of the trace, in a browser: its agents, models and tools by name, and which run it is of."""
    backend = in_phoenix if name == "phoenix" else in_mlflow
    shown = (
        "invoke_workflow slipway", "invoke_agent coder", "chat tally", "execute_tool write_file", "slipway.lineup",
        traced.delivered.run,
    )  # fmt: skip
    page = looked(backend.page(str(traced.delivered.trace_id)), name, *shown)
    assert [text for text in shown if text not in page] == []

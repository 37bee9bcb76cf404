from __future__ import annotations

from typing import Any, Literal

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from . import nodes, routes
from .state import RunContext, RunState


def build() -> StateGraph[RunState, RunContext, RunState, RunState]:
    """The state machine, not yet compiled.

    interpret -> design -> baseline -> code (in waves) + write_tests -> integrate -> check
      check -> deliver | fix | give_up;  fix -> check
    """
    graph: Any = StateGraph(RunState, context_schema=RunContext)
    for node in (
        nodes.interpret, nodes.design, nodes.baseline, nodes.code, nodes.write_tests, nodes.integrate, nodes.check,
        nodes.fix, nodes.deliver, nodes.give_up,
    ):  # fmt: skip
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "interpret")
    graph.add_edge("interpret", "design")
    graph.add_edge("design", "baseline")
    graph.add_conditional_edges("baseline", routes.first_wave, ["code", "write_tests"])
    graph.add_edge("code", "integrate")
    graph.add_edge("write_tests", "integrate")
    graph.add_conditional_edges("integrate", routes.next_wave, ["code", "check"])
    graph.add_conditional_edges("check", _after_check, ["deliver", "fix", "give_up"])
    graph.add_edge("fix", "check")
    graph.add_edge("deliver", END)
    graph.add_edge("give_up", END)
    return graph


def _after_check(state: RunState, runtime: Runtime[RunContext]) -> Literal["deliver", "fix", "give_up"]:
    return routes.after_check(state, (runtime.context or RunContext()).fix_rounds)


graph = build().compile(name="slipway")
"""The graph without a checkpointer: a platform that loads it brings its own persistence, and its own guarantees."""

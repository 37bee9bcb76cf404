from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from . import nodes, routes
from .state import RunContext, RunState

_NODES = (
    nodes.interpret, nodes.ask, nodes.design, nodes.approve, nodes.baseline,
    nodes.code, nodes.solo, nodes.write_tests, nodes.integrate,
    nodes.check, nodes.mutate, nodes.fix, nodes.rule, nodes.retest, nodes.replan, nodes.strengthen,
    nodes.accept, nodes.deliver, nodes.give_up,
)  # fmt: skip


def build() -> StateGraph[RunState, RunContext, RunState, RunState]:
    """The state machine, not yet compiled.

    interpret -> [ask] -> design -> [approve] -> baseline -> code (in waves) + write_tests | solo -> integrate -> check
      check -> [mutate] -> [accept] -> deliver | fix | replan | strengthen | give_up
      fix -> [rule -> retest] -> check;  replan -> code;  strengthen -> check;  deliver -> check, where it merged
    """
    graph: Any = StateGraph(RunState, context_schema=RunContext)
    for node in _NODES:
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "interpret")
    graph.add_conditional_edges("interpret", _with_context(routes.after_interpret), ["ask", "design"])
    graph.add_edge("ask", "design")
    graph.add_conditional_edges("design", _with_context(routes.after_design), ["approve", "baseline"])
    graph.add_conditional_edges("approve", routes.after_approve, ["design", "baseline", END])
    graph.add_conditional_edges("baseline", _with_context(routes.first_wave), ["code", "solo", "write_tests"])
    for writer in ("code", "solo", "write_tests"):
        graph.add_edge(writer, "integrate")
    graph.add_conditional_edges("integrate", _with_context(routes.next_wave), ["code", "write_tests", "check"])
    graph.add_conditional_edges("check", _with_context(routes.after_check), [
        "mutate", "accept", "deliver", "fix", "replan", "strengthen", "give_up",
    ])  # fmt: skip
    graph.add_conditional_edges("mutate", _with_context(routes.after_mutate), [
        "accept", "deliver", "strengthen", "give_up",
    ])  # fmt: skip
    graph.add_conditional_edges("fix", routes.after_fix, ["rule", "check"])
    graph.add_conditional_edges("rule", routes.after_rule, ["retest", "check"])
    graph.add_conditional_edges("replan", routes.rewriting, ["code"])
    graph.add_edge("retest", "check")
    graph.add_edge("strengthen", "check")
    graph.add_conditional_edges("accept", routes.after_accept, ["deliver", "give_up", END])
    graph.add_conditional_edges("deliver", routes.after_deliver, ["check", END])
    graph.add_edge("give_up", END)
    return graph


R = TypeVar("R")


def _with_context(route: Callable[[RunState, RunContext], R]) -> Callable[[RunState, Runtime[RunContext]], R]:
    """A route that depends on the run's context, as LangGraph calls it."""

    def routed(state: RunState, runtime: Runtime[RunContext]) -> R:
        return route(state, runtime.context or RunContext())

    return routed


graph = build().compile(name="slipway")
"""The graph without a checkpointer: a platform that loads it brings its own persistence, and its own guarantees."""

from __future__ import annotations

import argparse
from typing import Any

from redis.asyncio import Redis

from ..config import Settings, UsageError, load_settings
from ..state import Outcome, ProjectStore, RunRecord, RunStore, StageRecord, holder_of, open_state
from ..state.export import check_target, export
from ..state.text import counted, visible
from ..telemetry import read_spans
from ..tools import describe_finding
from .answering import answered
from .execution import execute
from .exporting import wanted, write_files
from .progress import money, summary


def main(arguments: argparse.Namespace) -> int:
    """`slipway show`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        async with open_state(settings) as redis:
            runs = RunStore(redis)
            record, outcome = await runs.get(arguments.run), await runs.outcome(arguments.run)
            note = await _note(redis, record, outcome)
        if arguments.spans:
            return _print_spans(record, settings)
        if wanted(arguments):
            await write_files(record, outcome, note, arguments, settings)
        if arguments.into:
            return await _write(record, outcome, arguments, settings)
        if wanted(arguments):
            return 0
        if arguments.json:
            print((outcome or record).model_dump_json())
        else:
            print(visible(_text(record, outcome, note)))
        return 0

    return execute(command)


async def _note(redis: Redis, record: RunRecord, outcome: Outcome | None) -> str:
    """What is to be said of a run beside its outcome: who works on it, or that nobody does."""
    run = record.id
    if outcome is None or record.status == "running":
        if holder := await holder_of(redis, run):
            return f"{record.status}: {holder} works on it; stop that with: slipway pause {run}, or cancel {run}"
        return f"{record.status}: no process works on it; go on with: slipway resume {run}"
    if await answered(redis, outcome):
        return f"it was answered, but no process went on with it: slipway resume {run}"
    return ""


def _text(record: RunRecord, outcome: Outcome | None, note: str) -> str:
    lines = [f"request: {record.request.strip()}"]
    if record.origin:
        origin = record.origin
        what = f" behind {origin.step}" if origin.step else f", with {origin.anew} done anew" if origin.anew else ""
        lines.append(f"a {origin.kind} of run {origin.run}{what}")
    if record.labels:
        lines.append(f"labels: {', '.join(f'{name} {value}' for name, value in record.labels.items())}")
    if note:
        lines.append(note)
    if outcome is None:
        return "\n".join(lines)
    lines += [summary(outcome), "stages:", *(describe_stage(stage) for stage in outcome.stages)]
    if outcome.checks and not outcome.checks.green:
        lines += ["findings:", *(describe_finding(finding) for finding in outcome.checks.findings)]
    survivors = [survivor for result in outcome.mutations for survivor in result.survivors]
    if survivors:
        lines += ["faults that the tests did not notice:", *(f"  {survivor}" for survivor in survivors)]
    return "\n".join(lines)


def describe_stage(stage: StageRecord) -> str:
    """One line for a step: who did it, and what that took."""
    who = f"{stage.role} {stage.model}, " if stage.role else ""
    usage = stage.usage
    paid = f"{usage.calls} calls, {usage.input_tokens + usage.output_tokens:,} tokens, {money(usage.cost_usd)}, "
    note = f" ({stage.note})" if stage.note else ""
    return f"  {stage.step:<18} {who}{paid if usage.calls else ''}{stage.seconds:.1f} s{note}"


async def _write(record: RunRecord, outcome: Outcome | None, arguments: argparse.Namespace, settings: Settings) -> int:
    if outcome is None or outcome.version is None:
        raise UsageError(f"run {record.id!r} has no files yet; go on with it: slipway resume {record.id}")
    target = check_target(arguments.into)
    async with open_state(settings) as redis:
        files = await ProjectStore(redis).files(record.project, outcome.version)
    left_out = export(files, target, also=arguments.also)
    print(f"{counted(len(files) - len(left_out), 'file')} in {target}")
    for path, why in left_out.items():
        print(visible(f"left out: {path} ({why}); add it with: --with {path}"))
    return 0


def _print_spans(record: RunRecord, settings: Settings) -> int:
    file = settings.run_folder(record.id) / "spans.jsonl"
    spans = read_spans(file)
    if not spans:
        sent = settings.telemetry.otlp_endpoint
        where = f"they were sent to {sent}" if sent else "they may have been sent to an OTLP endpoint"
        raise UsageError(f"no spans of run {record.id!r} are kept here; {where}")
    children: dict[str | None, list[dict[str, Any]]] = {}
    known = {span["context"]["span_id"] for span in spans}
    for span in spans:
        parent = span["parent_id"] if span["parent_id"] in known else None
        children.setdefault(parent, []).append(span)
    for root in children.get(None, ()):
        _print_span(root, children, 0)
    return 0


def _print_span(span: dict[str, Any], children: dict[str | None, list[dict[str, Any]]], depth: int) -> None:
    said = span["attributes"]
    facts = [
        f"{said[key]}{unit}"
        for key, unit in (
            ("slipway.step", ""),
            ("gen_ai.request.model", ""),
            ("gen_ai.usage.input_tokens", " in"),
            ("gen_ai.usage.output_tokens", " out"),
            ("slipway.check.status", ""),
            ("slipway.run.status", ""),
        )
        if key in said
    ]
    failed = "  FAILED" if span["status"]["status_code"] == "ERROR" else ""
    print(f"{'  ' * depth}{span['name']}  {', '.join(facts)}{failed}")
    for child in children.get(span["context"]["span_id"], ()):
        _print_span(child, children, depth + 1)

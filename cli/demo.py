from __future__ import annotations

import argparse
import sys
from types import TracebackType

from ..config import Lineup, Settings, load_lineup, load_settings
from ..graphs import start
from ..graphs.acceptance import accept
from ..graphs.kits import NONE
from ..graphs.limits import Asked
from ..graphs.run import check_start
from ..models.scripted import load_script, project_of
from ..sandboxes import ExecResult
from ..state import Event, ModelCalled, Outcome, open_state
from ..state.text import visible
from .build import limits_in, print_result
from .effects import Effects, effects_of
from .execution import NOT_DELIVERED, execute, exit_code, watch
from .importing import imported
from .progress import Progress, open_progress


def main(arguments: argparse.Namespace) -> int:
    """`slipway demo`."""

    async def command() -> int:
        settings = load_settings(arguments.set)
        script, began = load_script(arguments.name), project_of(arguments.name)
        lineup, limits, project = _lineup(arguments.name, arguments.latency), limits_in(arguments), None
        if began is not None:
            asked = Asked(**limits)
            await check_start(script.request, asked, settings, lineup=lineup, into=arguments.into, pack=script.pack)
            project = (await imported(str(began), None, settings, as_json=arguments.json)).project
        if script.pack != NONE and not arguments.json:
            said = f"held to the pack {script.pack}; what it depends on is installed on its first use"
            print(said, file=sys.stderr, flush=True)
        progress = _Timed(open_progress(as_json=arguments.json))
        async with start(
            script.request,
            project=project,
            lineup=lineup,
            into=arguments.into,
            pack=script.pack,
            settings=settings,
            **limits,
        ) as passage:
            outcome = await watch(passage, progress)
        if outcome.status != "delivered":
            print_result(outcome, as_json=arguments.json)
            return exit_code(outcome)
        accepted = await accept(outcome, script.acceptance, settings)
        effects = await _effects(outcome, settings) if began is not None else None
        _print(outcome, accepted, outcome.seconds - progress.model_seconds(), effects, as_json=arguments.json)
        return exit_code(outcome) if accepted.ok else NOT_DELIVERED

    return execute(command)


def _lineup(name: str, latency: float) -> Lineup:
    lineup = load_lineup("demo")
    model = f"scripted:{name}?latency={latency:g}" if latency else f"scripted:{name}"
    roles = {role: config.model_copy(update={"model": model}) for role, config in lineup.roles.items()}
    return lineup.model_copy(update={"roles": roles})


async def _effects(outcome: Outcome, settings: Settings) -> Effects:
    async with open_state(settings) as redis:
        return await effects_of(redis, outcome)


def _print(outcome: Outcome, accepted: ExecResult, outside: float, effects: Effects | None, *, as_json: bool) -> None:
    said = accepted.stdout.text.strip()
    facts = {"accepted": accepted.ok, "acceptance": said, "seconds_outside_models": round(outside, 3)}
    print_result(outcome, as_json=as_json, **facts, **(effects.facts() if effects else {}))
    if not as_json:
        if effects:
            print(visible("\n".join(effects.lines())))
        print("the replies came from a script, not from a model")
        print(
            f"hidden acceptance check: {'passed' if accepted.ok else 'FAILED'}: {said or accepted.stderr.text[-500:]}"
        )
        print(f"time outside model latency: {outside:.2f} s of {outcome.seconds:.2f} s")


class _Timed:
    """Progress that also keeps when models were at work."""

    def __init__(self, inner: Progress) -> None:
        self._inner = inner
        self._at_work: list[tuple[float, float]] = []

    def __enter__(self) -> object:
        return self._inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.__exit__(kind, error, trace)

    def show(self, event: Event) -> None:
        self._inner.show(event)
        if isinstance(event, ModelCalled) and not event.journaled:
            end = event.at.timestamp()
            self._at_work.append((end - event.usage.model_seconds, end))

    def model_seconds(self) -> float:
        """Seconds in which at least one model was at work: parallel calls count once."""
        total, until = 0.0, 0.0
        for start_at, end in sorted(self._at_work):
            total += max(0.0, end - max(start_at, until))
            until = max(until, end)
        return total

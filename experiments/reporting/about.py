"""What was run, in sentences: a report that goes from hand to hand says by itself what its numbers are of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ...config import Lineup
from ...config.lineup import RoleConfig
from ...state.text import counted
from ..base import Experiment
from ..seeds import simulated


def about(*shown: tuple[Experiment, Collection[str]]) -> tuple[str, ...]:
    """The design of each experiment and the line-ups of it that are named, then what models these are, where any is
    simulated."""
    said = list[str]()
    for experiment, labels in shown:
        said += [_design(experiment), *(f"{label}: {_lineup(experiment.lineups[label])}." for label in labels)]
    if any(simulated(experiment.lineups[label]) for experiment, labels in shown for label in labels):
        said.append(
            "Simulated models do a thing only where the prompt holds the facts which that takes: what is found is of "
            "orchestrations, and not of what any model can do."
        )
    return tuple(said)


def _design(experiment: Experiment) -> str:
    spec = experiment.spec
    terms = {**spec.limits.model_dump(exclude_none=True), **spec.settings}
    parts = [
        f"suite {spec.suite}",
        f"{'seed' if len(spec.seeds) == 1 else 'seeds'} {', '.join(map(str, spec.seeds))}",
        counted(spec.repeats, "repeat"),
        *(f"{name} = {value}" for name, value in terms.items()),
    ]
    return f"{experiment.name}: {', '.join(parts)}; begun on {experiment.created:%Y-%m-%d}."


def _lineup(lineup: Lineup) -> str:
    models: dict[str, list[str]] = {}
    for role, config in lineup.roles.items():
        models.setdefault(_model(config), []).append(role)
    told = [model if len(models) == 1 else f"{', '.join(roles)}: {model}" for model, roles in models.items()]
    return "; ".join([*told, *_odd(lineup)])


def _model(config: RoleConfig) -> str:
    if config.price is None:
        return config.model
    price = config.price
    amounts = f"{price.input:g} / {price.cached:g} / {price.output:g}"
    return f"{config.model} at {amounts} USD per million tokens in / cached / out"


def _odd(lineup: Lineup) -> Iterator[str]:
    if lineup.off:
        yield f"without {_listed(lineup.off)}"
    if lineup.route != "auto":
        yield f"route {lineup.route}"
    if lineup.history != "stage":
        yield "one conversation"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last

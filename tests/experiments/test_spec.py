"""A mistake in a spec costs nothing while it is found before the first run, and is said in one line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.config import ConfigurationError, Settings
from slipway.experiments.announcing import announced
from slipway.experiments.spec import Design, check_design, designed, parse_spec, read_spec, recorded

from .suites import opaque, write_spec, write_suite, write_task

DOCUMENT = Path(__file__).parents[2] / "docs" / "experiments.md"
DEMO = {"default": {"model": "scripted:tally", "price": {"input": 0, "cached": 0, "output": 0}}}
ROOT = Path(__file__).parents[2]
SIMULATED = {"model": "simulated:tier-b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a suite of three tasks in it."""
    suite = tmp_path / "suite"
    said = [{"about": ["currency"], "text": "Euro."}]
    steps = {1: ("(T-0000aa) One.", "print()"), 2: ("(T-0000aa) Two.", "print()")}
    tasks = (
        write_task(suite, "money"),
        write_task(suite, "money-vague", family="ambiguous", answers=said),
        write_task(suite, "steps", family="sequence", steps=steps),
    )
    write_suite(suite, *tasks)
    return tmp_path


def _designed(folder: Path, usual: Settings, /, lineups: dict[str, Any] | None = None, **more: Any) -> Design:
    file = write_spec(folder, {"demo": "demo"} if lineups is None else lineups, **more)
    spec, place = read_spec(file)
    return designed(spec, place, usual, source=str(file))


def _cells(design: Design) -> list[tuple[str, str, int, int]]:
    return [(cell.lineup, cell.task, cell.seed, cell.repeat) for cell in design.experiment.cells]


def test_what_is_compared_is_done_side_by_side(folder: Path, settings: Settings) -> None:
    """An experiment that is cut short has as much of each line-up."""
    design = _designed(folder, settings, {"a": "demo", "b": DEMO}, tasks=["money"], seeds=[7, 8], repeats=2)
    assert _cells(design) == [
        (lineup, "money", seed, repeat) for repeat in (1, 2) for seed in (7, 8) for lineup in ("a", "b")
    ]
    assert len({cell.key for cell in design.experiment.cells}) == 8
    digests = {cell.lineup_digest for cell in design.experiment.cells}
    assert len(digests) == 1  # one line-up under two labels is compared with itself: what chance alone does


@pytest.mark.parametrize(
    ("tasks", "chosen"),
    [
        (["*"], ["money", "money-vague", "steps"]),
        (["steps", "money"], ["money", "steps"]),
        (["money*"], ["money", "money-vague"]),
        (["ambiguous", "sequence"], ["money-vague", "steps"]),
    ],
)
def test_tasks_are_ids_patterns_and_families(
    folder: Path, settings: Settings, tasks: list[str], chosen: list[str]
) -> None:
    assert [task for _, task, _, _ in _cells(_designed(folder, settings, tasks=tasks))] == chosen


def test_the_documents_example_is_a_spec_of_a_shipped_suite(tmp_path: Path, settings: Settings) -> None:
    """But for its line-ups, of which one is a file: what it names there is, and each pattern fits something."""
    [text] = re.findall(r"```yaml\n(name: .*?)```", DOCUMENT.read_text(), re.DOTALL)
    spec = parse_spec({**yaml.safe_load(text), "lineups": {"demo": "demo"}}, source=str(DOCUMENT))
    assert {task.family for task in designed(spec, tmp_path, settings).tasks.values()} == {"new", "change"}


def test_what_decides_how_a_cell_comes_out_is_its_identity(folder: Path, settings: Settings) -> None:
    """And what does not, is not: a raised budget repeats nothing, another limit of each run repeats all."""
    keys = [cell.key for cell in _designed(folder, settings).experiment.cells]
    same = _designed(folder, settings, budget_usd=3, parallel=4, tasks=["money"]).experiment.cells
    assert [cell.key for cell in same] == keys[:1]
    for other in ({"limits": {"max_steps": 9}}, {"settings": {"limits.mutants": 3}}, {"seeds": [1]}):
        assert not {cell.key for cell in _designed(folder, settings, **other).experiment.cells} & set(keys), other
    (folder / "suite/money/acceptance/acceptance.py").write_text("print('other')")
    changed = _designed(folder, settings).experiment.cells
    assert [cell.key == key for cell, key in zip(changed, keys, strict=True)] == [False, True, True]


def test_the_settings_of_its_runs(folder: Path, settings: Settings) -> None:
    design = _designed(folder, settings, settings={"limits.mutants": 3, "checks.left_out": []})
    assert (design.settings.limits.mutants, design.settings.checks.left_out) == (3, ())
    assert design.settings.folders == settings.folders


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lineups": {"x": "nobody"}}, "experiment 'tiny': line-up 'x': unknown line-up 'nobody'"),
        ({"lineups": {"x": {"default": {"model": "nowhere:m"}}}}, "experiment 'tiny': line-up 'x': "),
        ({"lineups": {"x": {"default": {"model": "scripted:nothing"}}}}, "experiment 'tiny': line-up 'x': "),
        ({"suite": "no-suite"}, "experiment 'tiny': suite: unknown suite 'no-suite'"),
        ({"tasks": ["monkey"]}, "experiment 'tiny': tasks: 'monkey' fits none of the suite 'small', which has money, "),
        ({"settings": {"limits.mutant": 1}}, "settings: unknown setting 'limits.mutant'; there are limits."),
        ({"settings": {"limits.mutants": -1}}, "experiment 'tiny': settings: limits.mutants: "),
        ({"settings": {"redis.url": "redis://x"}}, "experiment 'tiny': settings: 'redis.url' says where the state is"),
        ({"tasks": []}, "experiment 'tiny': tasks: is empty; name some, or leave the key out for all"),
        ({"repeat": 3}, "spec.yaml: repeat: is no key; there are name, suite, tasks, lineups, seeds, repeats, "),
        ({"limits": {"max_costs": 1}}, "limits.max_costs: is no key; there are max_cost, max_tokens, max_steps, max_s"),
        ({"seeds": []}, "spec.yaml: seeds: is empty; name at least one"),
        ({"seeds": 3}, "spec.yaml: seeds: must be a list, not 3"),
        ({"lineups": {}}, "spec.yaml: lineups: is empty; name at least one"),
        ({"lineups": {"x": 3}}, "spec.yaml: lineups.x: must be the name of a line-up, its file, or a line-up, not 3"),
        ({"lineups": {"x": {"extends": "y.yaml"}}}, "line-up 'x': {spec}: unknown line-up 'y.yaml'"),
        ({"lineups": {"x": {"roles": {"coach": {}}}}}, "line-up 'x': {spec}: unknown role coach"),
        ({"budget_usd": 0}, "spec.yaml: budget_usd: must be more than 0, not 0"),
        (
            {"name": "Bad-N", "repeats": "x"},
            "spec.yaml: name: must be small letters, digits and single hyphens between, a letter first, not 'Bad-N'; "
            "repeats: must be a whole number, not 'x'",
        ),
    ],
)
def test_a_mistake_is_one_error_that_names_it(
    folder: Path, settings: Settings, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError) as error:
        _designed(folder, settings, **change)
    text = str(error.value)
    assert said.replace("{spec}", str(folder / "spec.yaml")) in text and "\n" not in text


async def test_a_budget_needs_prices(folder: Path, settings: Settings) -> None:
    lineup = {"default": {"model": "openai:unheard-of", "base_url": "http://127.0.0.1:9/v1"}}
    await check_design(_designed(folder, settings, {"x": lineup}))
    with pytest.raises(ConfigurationError, match=r"experiment 'tiny': line-up 'x': .*price"):
        await check_design(_designed(folder, settings, {"x": lineup}, budget_usd=1))


async def test_what_the_simulated_developer_cannot_play_is_no_failure_of_a_lineup(
    folder: Path, settings: Settings
) -> None:
    """It would know nothing of it; also where it is only asked when another model cannot be reached."""
    fallback = {"default": {"model": "openai:x", "base_url": "http://127.0.0.1:9/v1", "fallbacks": [SIMULATED]}}
    design = _designed(folder, settings, {"a": {"default": SIMULATED}, "b": "demo", "c": fallback})
    with pytest.raises(ConfigurationError) as error:
        await check_design(design)
    assert str(error.value) == (
        "experiment 'tiny': line-up 'a', 'c': the simulated developer cannot play money, money-vague, steps "
        "(no play.yaml); leave such tasks out, or name a real model"
    )
    await check_design(_designed(folder, settings, {"b": "demo"}))
    (folder / "suite/money/play.yaml").write_text(json.dumps({"brief": {}, "plan": {}}))
    await check_design(_designed(folder, settings, {"a": {"default": SIMULATED}}, tasks=["money"]))


@pytest.mark.parametrize("model", ["auto", "anthropic"])
def test_a_missing_key_is_advised_on_as_an_experiment_needs(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    for variable in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ConfigurationError) as error:
        _designed(folder, settings, {"x": model})
    assert str(error.value).startswith("experiment 'tiny': line-up 'x': ")
    assert str(error.value).endswith(
        " set; export a key, or name another model, such as simulated:tier-b, which needs none"
    )


@pytest.mark.parametrize("text", ["[", "- a", "name: x"])
def test_a_file_that_is_no_spec(tmp_path: Path, text: str) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"spec\.yaml"):
        read_spec(file)


def test_what_it_takes_and_can_show_is_said_before(folder: Path, settings: Settings) -> None:
    lineups = {"a": "demo", "b": "demo"}
    design = _designed(folder, settings, lineups, seeds=[1, 2, 3], budget_usd=2, limits={"max_cost": 0.5})
    assert announced(design, {}).splitlines() == [
        "experiment tiny: 2 line-ups x 3 tasks x 3 seeds x 1 repeat = 18 cells",
        "to do: 18 cells, 24 runs; a run at most $0.5, all at most $2, the budget",
        "it can see no difference in success, however large: it has too few tasks (3)",
    ]
    assert "; all at most $0.000001, the budget" in announced(_designed(folder, settings, budget_usd=1e-6), {})
    tasks = [write_task(folder / "suite", f"task-{number}") for number in range(20)]
    write_suite(folder / "suite", "money", "money-vague", "steps", *tasks)
    lines = announced(_designed(folder, settings, lineups, repeats=3), {}).splitlines()
    assert lines[1] == "to do: 138 cells, 144 runs; there is no budget for all"
    assert lines[2].startswith("the smallest difference in success that it can see: ")


def test_a_recorded_experiment_is_what_it_was(folder: Path, settings: Settings) -> None:
    """Its line-ups as they were, whatever became of their files; its tasks must be the same ones."""
    file = folder / "mine.yaml"
    file.write_text(json.dumps(DEMO))
    design = _designed(folder, settings, {"x": "mine.yaml"})
    file.unlink()
    assert recorded(design.experiment, settings) == design
    (folder / "suite/money/request.md").write_text(f"({opaque('money')}) Another request.")
    with pytest.raises(ConfigurationError, match=r"the task 'money' .* is not what it was"):
        recorded(design.experiment, settings)


def test_a_spec_in_python_is_checked_alike() -> None:
    with pytest.raises(ConfigurationError, match="the spec: lineups: is missing; add it"):
        parse_spec({"name": "x", "suite": "core"}, source="the spec")


async def test_the_spec_in_the_document_can_be_copied_and_run_without_a_key(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    document = (ROOT / "docs/experiments.md").read_text(encoding="utf-8")
    file = tmp_path / "spec.yaml"
    file.write_text(document.split("```yaml\n")[1].split("```")[0])
    design = designed(*read_spec(file), settings)
    await check_design(design)
    assert _cells(design) == [
        (lineup, task, 0, 1) for task in ("kiln-firing", "change-kiln") for lineup in ("crew", "no-tester")
    ]
    assert (design.spec.parallel, design.spec.budget_usd) == (2, 4)

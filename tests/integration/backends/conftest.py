from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from slipway import resume_sync, run_sync
from slipway.config import Settings, load_settings, parse_lineup
from slipway.models.scripted import load_script
from slipway.state import Outcome
from slipway.telemetry import Collector, exporting

from .environments import environment_of
from .mlflow import MLflow, mlflow
from .phoenix import Phoenix, phoenix

T = TypeVar("T")

_LEFT_OUT = "checks.left_out=[coverage, types, bandit, semgrep, secrets, audit]"
_PRICE = {"input": 1, "cached": 0.1, "output": 5}
LABELS = {"experiment": "e1", "task": "tally"}


@pytest.fixture(scope="session")
def backends(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Phoenix, MLflow]]:
    """Both, installed and started at the same time."""

    def entered(name: str, opening: Callable[[Path, Path], AbstractContextManager[T]]) -> T:
        return stack.enter_context(opening(environment_of(name, cache_dir), places[name]))

    places = {name: tmp_path_factory.mktemp(name) for name in ("phoenix", "mlflow")}
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        opened = pool.submit(entered, "phoenix", phoenix), pool.submit(entered, "mlflow", mlflow)
        yield opened[0].result(), opened[1].result()


@pytest.fixture(scope="session")
def in_phoenix(backends: tuple[Phoenix, MLflow]) -> Phoenix:
    """Phoenix, which is told what the demo's model costs."""
    server, _ = backends
    server.price(
        input=("PROMPT", _PRICE["input"]), cache_read=("PROMPT", _PRICE["cached"]),
        output=("COMPLETION", _PRICE["output"]),
    )  # fmt: skip
    return server


@pytest.fixture(scope="session")
def in_mlflow(backends: tuple[Phoenix, MLflow]) -> MLflow:
    """MLflow."""
    _, server = backends
    return server


@dataclass(frozen=True)
class Traced:
    """A run of the demo that was parked and resumed, as this process knows it."""

    parked: Outcome
    delivered: Outcome
    spans: tuple[ReadableSpan, ...]


@pytest.fixture(scope="session")
def traced(in_phoenix: Phoenix, in_mlflow: MLflow, cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Traced:
    """One run whose spans were sent to both backends, and kept here."""
    folders = [f"folders.{name}={tmp_path_factory.mktemp(name)}" for name in ("state", "runtime")]
    base = [*folders, f"folders.cache={cache_dir}", "limits.mutants=0", _LEFT_OUT]
    to = {
        "phoenix": load_settings([*base, f"telemetry.otlp_endpoint={in_phoenix.url}", "telemetry.backend=phoenix"]),
        "mlflow": load_settings([*base, f"telemetry.otlp_endpoint={in_mlflow.url}", "telemetry.backend=mlflow"]),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-mlflow-experiment-id=0")
        patch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "60")  # MLflow's first answer can take seconds
        return _traced(to, tmp_path_factory.mktemp("unsent"))


def _traced(to: dict[str, Settings], unsent: Path) -> Traced:
    lineup = parse_lineup({"name": "traced", "default": {"model": "scripted:tally", "price": _PRICE}}, source="traced")
    collector, settings = Collector(), to["mlflow"]
    with (
        exporting(to["mlflow"].telemetry, unsent / "mlflow", "1") as provider,
        exporting(to["phoenix"].telemetry, unsent / "phoenix", "1") as other,
    ):
        for each in (other, collector.provider):
            provider.add_span_processor(each._active_span_processor)
        request, options = load_script("tally").request, {"settings": settings, "tracer_provider": provider}
        parked = run_sync(request, lineup=lineup, max_steps=4, labels=LABELS, **options)
        delivered = resume_sync(parked.run, max_steps=100, **options)
    assert list(unsent.iterdir()) == []
    return Traced(parked, delivered, collector.spans)


@pytest.fixture(scope="session")
def looked(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Opens a page in Chromium, and tells what it shows once some texts are there; a picture of it is kept."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs chromium")
    python = environment_of("mlflow", cache_dir) / "python"
    pictures = tmp_path_factory.mktemp("pictures")

    def look(url: str, name: str, *texts: str) -> str:
        words = [python, Path(__file__).with_name("looking.py"), program, url, pictures / f"{name}.png", *texts]
        done = subprocess.run(words, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr[-2000:]
        print(f"a picture of it: {pictures / name}.png")
        return done.stdout

    return look

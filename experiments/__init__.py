"""Measuring: tasks with hidden checks, line-ups compared on them, and what may be said of the difference."""

from .base import Cell, Experiment, RequestResult, Result, Spec
from .running import Watcher, resume_experiment, run_experiment
from .standing import ExperimentHeld, Report, experiment_names, experiment_report, experiment_results, remove_experiment
from .tasks import check_suite

__all__ = [
    "Cell", "Experiment", "ExperimentHeld", "Report", "RequestResult", "Result", "Spec", "Watcher", "check_suite",
    "experiment_names", "experiment_report", "experiment_results", "remove_experiment", "resume_experiment",
    "run_experiment",
]  # fmt: skip

"""What "correct" means, as things that run."""

from .base import Check, Found, NotApplicable, NotRun, Subject
from .cached import Cached, ground
from .conventions import Conventions
from .evidence import criterion_of, evidence
from .examples import Tried, try_examples, unproven
from .findings import finding
from .gate import CHECKS, SECURITY, Means, gate
from .imports import Imports
from .lint import Lint
from .localisation import executed_by
from .mutation import mutate
from .placeholders import Placeholders
from .regressions import Regressions
from .runner import result_of, run_checks
from .skeleton import passes_on_base, passes_on_stubs, plays_on_base
from .syntax import Syntax
from .tests import Tests, is_test_file, of_pytest

__all__ = [
    "CHECKS", "SECURITY", "Cached", "Check", "Conventions", "Found", "Imports", "Lint", "Means", "NotApplicable",
    "NotRun", "Placeholders", "Regressions", "Subject", "Syntax", "Tests", "Tried", "criterion_of", "evidence",
    "executed_by", "finding", "gate", "ground", "is_test_file", "mutate", "of_pytest", "passes_on_base",
    "passes_on_stubs", "plays_on_base", "result_of", "run_checks", "try_examples", "unproven",
]  # fmt: skip

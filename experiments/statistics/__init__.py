"""What may be said of outcomes: estimates with intervals, tasks taken as clusters."""

from .base import FEW, LEVEL, Estimate
from .differences import Paired, holm, paired, paired_amounts
from .planning import Expected, smallest_effect
from .rates import rate
from .ratios import ratio
from .tries import all_of, any_of, over_tasks

__all__ = [
    "FEW", "LEVEL", "Estimate", "Expected", "Paired", "all_of", "any_of", "holm", "over_tasks", "paired",
    "paired_amounts", "rate", "ratio", "smallest_effect",
]  # fmt: skip

"""What came of an experiment, for people and for programs; it takes what `slipway[experiments]` installs."""

from .base import Comparison, Group, Part, PerSuccess, Summary
from .flat import write_csv, write_parquet
from .html import as_html
from .markdown import as_markdown
from .sides import Side, between
from .summary import summarise, summary_of

__all__ = [
    "Comparison", "Group", "Part", "PerSuccess", "Side", "Summary", "as_html", "as_markdown", "between", "summarise",
    "summary_of", "write_csv", "write_parquet",
]  # fmt: skip

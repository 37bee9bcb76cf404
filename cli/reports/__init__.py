"""A run as a file that a person can read."""

from .base import FileChange, Report
from .html import html
from .markdown import markdown

__all__ = ["FileChange", "Report", "html", "markdown"]

"""Tools of others, run over a project's files in its sandbox: what they found, in one form."""

from .running import NotRun, Told, judged, scan

__all__ = ["NotRun", "Told", "judged", "scan"]

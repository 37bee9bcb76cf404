"""Tools of others, run over a project's files in its sandbox: what they found, in one form."""

from .running import Told, judged, scan

__all__ = ["Told", "judged", "scan"]

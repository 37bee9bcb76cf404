"""Tools of others, run over a project's files in its sandbox: what they found, in one form."""

from .running import Told, scan

__all__ = ["Told", "scan"]

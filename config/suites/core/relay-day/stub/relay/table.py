"""The table of the day."""

from relay.results import Result


def table(results: list[Result]) -> list[str]:
    """The lines of the table: the ranked teams, then the others."""
    raise NotImplementedError

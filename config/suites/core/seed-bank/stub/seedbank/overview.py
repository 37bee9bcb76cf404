"""The whole bank on a page."""


def overview(text: str, year: int) -> str:
    """The lots by their rate, and the species that have to be regrown."""
    raise NotImplementedError

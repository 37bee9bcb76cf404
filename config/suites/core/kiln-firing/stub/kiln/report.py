"""A program's figures for a person."""


def report(text: str, price: int) -> str:
    """Time, peak, energy and cost of a program, a line each."""
    raise NotImplementedError

"""What was decided, for all to read."""


def minutes(text: str) -> str:
    """A line for each motion, and how many were accepted."""
    raise NotImplementedError

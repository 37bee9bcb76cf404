"""The command line."""


def main(argv: list[str] | None = None) -> int:
    """Print the table of the file that is named; 0, or 2 after a message on stderr."""
    raise NotImplementedError

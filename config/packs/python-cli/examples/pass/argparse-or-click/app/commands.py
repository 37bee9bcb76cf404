import sys

import click


@click.group()
def commands() -> None:
    """Look after notes."""


def main() -> int:
    """Run the program with what it was called with."""
    return int(commands.main(sys.argv[1:], standalone_mode=False) or 0)


@commands.command()
@click.argument("text")
def add(text: str) -> None:
    """Add a note."""
    click.echo(f"added {text}")

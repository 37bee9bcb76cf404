"""Tells of its work."""


def told(name: str) -> None:
    print("added", name)

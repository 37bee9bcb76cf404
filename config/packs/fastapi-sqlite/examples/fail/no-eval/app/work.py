"""Reads a value."""


def value(text: str) -> object:
    return eval(text)

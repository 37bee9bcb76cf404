"""Reads a value."""

import ast


def value(text: str) -> object:
    return ast.literal_eval(text)

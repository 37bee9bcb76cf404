"""Keeps a value."""

import pickle


def value(data: bytes) -> object:
    return pickle.loads(data)

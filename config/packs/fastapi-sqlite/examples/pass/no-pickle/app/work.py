"""Keeps a value."""

import json


def value(data: bytes) -> object:
    return json.loads(data)

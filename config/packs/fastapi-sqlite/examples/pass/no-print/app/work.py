"""Tells of its work."""

import logging


def told(name: str) -> None:
    logging.getLogger(__name__).info("added %s", name)

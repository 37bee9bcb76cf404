"""Hands out the lockers of a swimming pool."""

"""Levels of a river."""

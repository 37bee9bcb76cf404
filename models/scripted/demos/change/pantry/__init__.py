"""Keeps what is in the kitchen in one JSON file."""

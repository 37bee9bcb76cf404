"""Keeps a list of items."""

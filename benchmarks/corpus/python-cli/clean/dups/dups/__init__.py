"""Finds files that have the same contents."""

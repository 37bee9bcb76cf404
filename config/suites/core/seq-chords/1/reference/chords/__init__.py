"""Transposes songs."""

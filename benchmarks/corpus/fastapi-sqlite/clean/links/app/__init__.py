"""Gives long addresses short names."""

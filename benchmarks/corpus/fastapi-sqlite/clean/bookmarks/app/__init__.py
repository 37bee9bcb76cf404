"""Keeps addresses with tags."""

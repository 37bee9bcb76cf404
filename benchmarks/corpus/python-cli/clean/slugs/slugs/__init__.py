"""Gives files names that are safe in addresses."""

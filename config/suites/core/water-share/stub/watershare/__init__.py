"""Shares the water bill of a house."""

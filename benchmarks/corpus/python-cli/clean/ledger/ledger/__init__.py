"""Sums up household expenses by category."""

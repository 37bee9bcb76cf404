"""Finds links of Markdown pages that lead to no file."""

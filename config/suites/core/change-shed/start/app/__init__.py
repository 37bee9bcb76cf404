"""The tools of a shed."""

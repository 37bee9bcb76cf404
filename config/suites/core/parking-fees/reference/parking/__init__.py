"""The fees of a parking garage."""

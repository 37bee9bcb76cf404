"""Water for a garden."""

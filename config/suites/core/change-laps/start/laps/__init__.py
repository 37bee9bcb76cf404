"""Results of races."""

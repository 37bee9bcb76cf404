"""The lots of a village seed bank."""

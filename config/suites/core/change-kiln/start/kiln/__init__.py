"""Plans firings of a pottery kiln."""

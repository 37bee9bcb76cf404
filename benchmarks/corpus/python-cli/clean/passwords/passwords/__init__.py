"""Makes passwords that people can type."""

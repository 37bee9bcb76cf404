"""Takes what sensors measure, and averages it by the hour."""

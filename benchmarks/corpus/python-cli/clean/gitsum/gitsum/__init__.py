"""Says who changed a repository, and how much."""

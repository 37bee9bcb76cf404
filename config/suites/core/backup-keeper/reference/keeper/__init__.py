"""Which backups stay, and which may be deleted."""

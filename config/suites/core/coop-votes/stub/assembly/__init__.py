"""What the assembly of a cooperative has decided."""

"""Reports for finance and operations: read-only, made in the background, kept for a while."""

"""Tax authorities, each with its own protocol."""

"""Rules that import-linter cannot see; its own contracts stand in pyproject.toml."""

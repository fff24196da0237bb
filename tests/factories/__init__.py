"""Builders of test data, one file per context; only what a test names differs from the ordinary."""

"""Mirrors the packages; `tests/servers.py` runs the real servers that the tests talk to."""

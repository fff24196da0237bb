"""Seeing an account as its owner does: what the API answers to them, drawn for who does not read JSON."""

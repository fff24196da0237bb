"""Proofs across contexts: races of processes, kills, faults of the provider, and others' mistakes."""

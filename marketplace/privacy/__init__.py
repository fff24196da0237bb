"""Who looked at whose data, and why: personal data revealed, and accounts seen as their owners see them.

A person is known by the id of their account, a shop by its seller's. Nothing here reads what was shown:
it only keeps that it was.
"""

"""People: users, their roles, addresses, tokens and the identity level of buyers.

Promises: an e-mail address and a phone number each belong to one user; a refresh token works once.
"""

"""Money in and money back: intents, attempts, the webhook inbox and refunds.

Promises: an unknown outcome is asked about, never guessed and never pushed again; money that
arrives for an order which cannot take it goes back by itself; no refund exceeds what was paid.
"""

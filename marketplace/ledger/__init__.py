"""The double-entry engine. It knows accounts, entries and postings, and no business at all.

Promises: every entry balances per currency at commit, nothing is ever changed or deleted, and one
event posts at most once. PostgreSQL enforces all three (`migrations/`).
"""

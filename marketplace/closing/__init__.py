"""Months of the books: what must be done before one closes, its close and figures, its reopening."""

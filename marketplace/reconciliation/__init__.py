"""The provider's statement against our books: import, matching, exceptions.

Promises: a file is imported once, a line is counted once, every line ends
matched or as an exception.
"""

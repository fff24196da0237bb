"""What can go wrong before the marketplace runs, told so that the reader knows what to do."""


class CannotStart(Exception):
    """The message is for people: what is in the way, and how to get past it."""

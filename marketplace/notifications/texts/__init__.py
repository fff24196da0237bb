"""The default words of every message, one module per language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`email` is what stands between greeting and farewell."""

    subject: str
    email: str
    sms: str

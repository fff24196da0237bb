"""What we need of a service that is told what buyers do; `settings.FORWARDING` names the adapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did, as it leaves the house: `who` is a pseudonym.

    `id` is the same however often it is sent, so that the service takes it once.
    """

    id: UUID
    name: str
    who: str
    at: datetime
    properties: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request: how many deeds, and bytes of its body; and bytes of one deed."""

    deeds_max: int
    body_bytes_max: int
    deed_bytes_max: int


class Destination(Protocol):
    limits: Limits

    def encode(self, deed: Deed) -> bytes:
        """The deed as the service reads it, on its own."""
        ...

    def send(self, encoded: Sequence[bytes]) -> Mapping[int, str]:
        """Hand a batch over. Returns what of it is refused for ever, by place, and why; the rest is
        taken.

        Runs outside any transaction, with no wait longer than 20 seconds. Repeating it after a lost
        answer is safe: the service knows the deeds' ids. Raises NotTaken, BatchTooLarge, BatchRefused.
        """
        ...


class NotTaken(Exception):
    """Nobody knows whether it was taken, or it was not: to be sent again, `after_s` at the earliest
    where the service says so. Also for wrong credentials, which somebody will correct."""

    def __init__(self, message: str, *, after_s: float | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


class BatchTooLarge(Exception):
    """The service takes less at once than it says: to be sent in parts."""


class BatchRefused(Exception):
    """Nothing of it is taken, nor ever will be."""

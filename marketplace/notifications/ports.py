"""What we need of whoever carries e-mail or SMS; `settings.NOTIFICATION_CHANNELS` names the adapters."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it leaves the house. `to` is an e-mail address or an E.164 number.

    `idempotency_key` is the same for every repetition of one attempt to tell one thing.
    """

    reference: str
    to: str
    subject: str
    body: str
    idempotency_key: str


class Sender(Protocol):
    def send(self, message: Outgoing) -> str:
        """Hand it over and return the provider's id ("" where it gives none). Raises SendFailed.

        Runs outside any transaction, and answers or fails within 30 seconds. A repetition after
        a lost answer may reach the person twice where the provider knows no idempotency keys:
        news told twice is better than news not told.
        """
        ...


class SendFailed(Exception):
    """It was not taken. `permanent`: it never will be, as it stands (a wrong number, a refused
    address); otherwise a later try may succeed, also after somebody corrected our credentials."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent

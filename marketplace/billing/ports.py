"""What we need of a tax authority: a device that is registered once, then receipts and daily reports,
one at a time and in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


class AuthorityUnavailable(Exception):
    """No answer, or none that can be read: nobody knows, and the same bytes are sent again."""


@dataclass(frozen=True, slots=True)
class Ack:
    """What the authority says to a message."""

    code: str
    message: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """A device as it was registered. `gc` is the last number that it gave; `fields` is the whole answer."""

    registration_id: str
    serial: str
    receipt_code: str
    gc: int
    username: str
    password: str = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A receipt's place: `gc` counts for ever, `dc` from 1 each day of Tanzania."""

    gc: int
    dc: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Sums:
    """Minor units: what was taxed, its VAT, and what bears none."""

    taxed_minor: int = 0
    vat_minor: int = 0
    untaxed_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.taxed_minor + self.vat_minor + self.untaxed_minor


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    tin: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What a daily report says. `gross_minor` is all since the registration, this day included."""

    day: date
    sums: Sums
    receipts: int
    gross_minor: int
    registered_at: datetime
    header: Sequence[str] = ()
    vrn: str = ""


class FiscalAuthority(Protocol):
    """Writing is pure and signs; sending carries what was written, byte by byte, as often as needed."""

    key: str
    """Which device this is: what it is registered under."""

    def register(self) -> Registration:
        """Raises AuthorityUnavailable, also where it is refused."""

    def write_receipt(
        self,
        registration: Registration,
        numbers: Numbers,
        sums: Sums,
        *,
        customer: Customer,
        item: str,
    ) -> str:
        """The signed message."""

    def write_report(self, registration: Registration, day: Day, *, at: datetime) -> str:
        """The signed daily (Z) report."""

    def send_receipt(self, registration: Registration, message: str, *, gc: int) -> Ack:
        """Raises AuthorityUnavailable."""

    def send_report(self, registration: Registration, message: str, *, day: date) -> Ack:
        """Raises AuthorityUnavailable."""

    def verification_url(self, registration: Registration, numbers: Numbers) -> str:
        """Where anybody can see that a receipt is known; it stands in the receipt's QR code."""

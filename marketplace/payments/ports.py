"""What we need of a payment provider, in our words. Adapters speak each provider's own protocol.

An answer is normalised to an `Outcome`; anything that we cannot read for certain is UNKNOWN and is
settled by enquiry, callback or statement, never by guessing (PROVIDERS section 8).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, BinaryIO, Protocol


class Outcome(StrEnum):
    """What a provider's answer means for the money."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PENDING = "pending"
    UNKNOWN = "unknown"
    # An enquiry found nothing: either never received or not indexed yet.
    NOT_FOUND = "not_found"


class Subject(StrEnum):
    """What an enquiry is about: some providers keep payments and payouts apart."""

    PAYMENT = "payment"
    REFUND = "refund"
    PAYOUT = "payout"


class Authenticity(StrEnum):
    """Whether a callback proves who sent it."""

    UNSIGNED = "unsigned"
    VERIFIED = "verified"
    FORGED = "forged"


class Hindrance(StrEnum):
    """Why a wallet could not pay, where another one may."""

    NONE = ""
    NOT_REGISTERED = "not_registered"
    NO_MONEY = "no_money"
    LIMIT = "limit"
    UNREACHABLE = "unreachable"


# The code of what failed because nothing could be sent.
UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider's protocol offers; what it lacks has another way (PROVIDERS section 8).

    Without enquiry a callback that fits in every respect is believed, and otherwise the statement
    or a person decides. Where refunds are whole only, a part goes back as a payout to the wallet.
    """

    can_enquire: bool = True
    refunds_in_part: bool = True
    names_holders: bool = False
    takes_bills: bool = False
    """Buyers may pay from the phone's own menu; the adapter is a `BillTaker` too."""
    lists_movements: bool = False
    """Its movements can be asked for; the adapter is a `Lister` too."""
    not_found_grace: timedelta = timedelta(minutes=3)
    """What an enquiry does not find after this was never received (PROVIDERS 1.7)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer. `receipt` is its id of the transaction, where it gave one, and
    `amount_minor` what it says was moved, where it says so. `is_float_empty`: our own wallet has
    too little, or has reached its limit; the same request would fail for anybody."""

    outcome: Outcome
    code: str = ""
    message: str = ""
    conversation_id: str = ""
    receipt: str = ""
    is_reversed: bool = False
    amount_minor: int | None = None
    is_float_empty: bool = False


@dataclass(frozen=True, slots=True)
class Callback:
    """A parsed callback. `reference` is ours; `dedupe_key` is equal for repetitions."""

    reference: str
    conversation_id: str
    receipt: str
    outcome: Outcome
    code: str
    message: str
    dedupe_key: str
    amount_minor: int | None = None
    authenticity: Authenticity = Authenticity.UNSIGNED


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a provider wants to read in answer to its callback."""

    body: bytes
    content_type: str = "application/json"
    http_status: int = 200


class BillVerdict(StrEnum):
    """What we say to a provider whose customer wants to pay us. Only TAKEN moves money."""

    TAKEN = "taken"
    REFERENCE_UNKNOWN = "reference_unknown"
    # Paid already, off, or another payment of it is under way.
    REFERENCE_LOCKED = "reference_locked"
    AMOUNT_INVALID = "amount_invalid"
    AMOUNT_TOO_LOW = "amount_too_low"
    AMOUNT_TOO_HIGH = "amount_too_high"
    PAYMENT_INVALID = "payment_invalid"
    UNREADABLE = "unreadable"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class BillRequest:
    """A customer asks what a bill is about (`is_lookup`), or pays it. `reference` is as it was typed,
    `receipt` the provider's id; `amount_minor` is None where it is no amount."""

    is_lookup: bool
    reference: str
    msisdn: str
    receipt: str = ""
    amount_minor: int | None = None
    sender: str = ""


@dataclass(frozen=True, slots=True)
class BillAnswer:
    """`content` is read by the customer on the phone, `reference` is ours of what was taken."""

    verdict: BillVerdict
    reference: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class BillMenu:
    """Where a buyer pays on the phone: the code to dial, and what to choose there."""

    dial: str
    company: str


class StatementKind(StrEnum):
    """What a line of a provider's statement records."""

    PAYMENT = "payment"
    REFUND = "refund"
    PAYOUT = "payout"
    FEE = "fee"
    SWEEP = "sweep"
    # Our own money, sent from our bank into the wallet.
    TOP_UP = "top_up"
    # Money that we had sent, and that came back.
    RETURN = "return"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One movement: `amount_minor` is positive where money came in.

    `dedupe_key` is equal in every file that lists the movement. Two movements may share it: those
    that differ in nothing but the balance after them.
    """

    line_number: int
    kind: StatementKind
    receipt: str
    completed_at: datetime
    amount_minor: int
    dedupe_key: str
    linked_receipt: str = ""
    third_party_id: str = ""
    counterparty: str = ""
    balance_minor: int | None = None
    details: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A statement file: what stands above the table, and its completed movements, as it lists them.

    `rows` is read once, while the file is open, and may raise StatementUnreadable half-way.
    """

    account: str
    period_start: datetime | None
    period_end: datetime | None
    opening_minor: int | None
    closing_minor: int | None
    rows: Iterator[StatementRow]


class StatementUnreadable(Exception):
    """The file is not a statement of this provider; the message says what is missing where."""


class CallbackUnreadable(Exception):
    """The body is not a callback of this provider."""


class ProviderUnavailable(Exception):
    """Nothing was sent, for certain: no connection, no session, or the breaker is open."""


class PaymentProvider(Protocol):
    """One provider. Amounts are whole shillings in minor units; MSISDNs are E.164.

    Every `reference` is unique, letters and digits only, and stored before the call. All methods
    that speak to the provider raise ProviderUnavailable only where nothing can have been sent.
    """

    name: str
    capabilities: Capabilities

    def push(
        self, *, reference: str, msisdn: str, amount_minor: int, description: str
    ) -> Answer: ...

    def enquire(
        self,
        *,
        reference: str,
        subject: Subject = Subject.PAYMENT,
        payment_reference: str = "",
    ) -> Answer:
        """The state of a payment, refund or payout by our reference. Safe to repeat.

        For a refund `payment_reference` is that of the payment it gives back. Without
        `capabilities.can_enquire` the answer is UNKNOWN.
        """
        ...

    def reverse(
        self,
        *,
        reference: str,
        receipt: str,
        amount_minor: int,
        payment_reference: str,
        msisdn: str,
    ) -> Answer:
        """Give back part or all of a payment: `receipt` is the provider's id of it,
        `payment_reference` ours, `msisdn` the wallet that paid."""
        ...

    def disburse(
        self, *, reference: str, msisdn: str, amount_minor: int, description: str
    ) -> Answer: ...

    def hindrance(self, *, code: str, message: str) -> Hindrance:
        """What the answer to a payment that failed says about the wallet, as it was kept."""
        ...

    def holder_name(self, *, msisdn: str) -> str | None:
        """The name that the provider has for a wallet; None where it does not tell or know it."""
        ...

    def parse_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        """Raises CallbackUnreadable."""
        ...

    def acknowledgement(self, *, body: bytes) -> Acknowledgement:
        """What to answer to a callback, whatever we think of it."""
        ...

    def parse_statement(self, *, file: BinaryIO) -> ParsedStatement:
        """Raises StatementUnreadable. `file` can seek, and stays open while the rows are read."""
        ...

    def ping(self) -> None:
        """Ask for proof of life (a session); raises ProviderUnavailable."""
        ...


class Lister(Protocol):
    """A provider that lists what moved in our wallet."""

    def listing(self, *, since: datetime, until: datetime) -> BinaryIO | None:
        """A statement file that `parse_statement` reads; None where nothing moved. Safe to repeat.

        `until` has to be past. Raises ProviderUnavailable.
        """
        ...


class BillTaker(Protocol):
    """A provider whose customers pay us from the phone's own menu: it asks us, and waits."""

    bill_menu: BillMenu

    def parse_bill(self, *, body: bytes) -> BillRequest:
        """Raises CallbackUnreadable."""
        ...

    def answer_bill(self, request: BillRequest | None, answer: BillAnswer) -> Acknowledgement:
        """In the provider's words; `request` is None where it could not be read."""
        ...

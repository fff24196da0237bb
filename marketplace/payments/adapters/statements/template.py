"""How a provider's statement is laid out, as data: one `Template` per provider and version.

A new layout is a new template; nothing else changes. Columns and preamble are found by their text,
never by their place (PROVIDERS 5.4).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.payments.ports import StatementKind


class Column(StrEnum):
    """What a column says of a movement. Labels are compared in small letters, without units."""

    RECEIPT = "receipt"
    COMPLETED_AT = "completed_at"
    # The time of day, where it has a column of its own beside the date.
    TIME = "time"
    STATUS = "status"
    # Either two columns, one per direction ...
    PAID_IN = "paid_in"
    WITHDRAWN = "withdrawn"
    # ... or one: signed, or with its direction in a column or in the kind of transaction.
    AMOUNT = "amount"
    DIRECTION = "direction"
    # A charge on the line of its movement; it becomes a row of its own under the same receipt.
    FEE = "fee"
    BALANCE = "balance"
    KIND = "kind"
    DETAILS = "details"
    PARTY = "party"
    # Where both sides are named: the payer of what came in, the payee of what went out.
    PAYER = "payer"
    PAYEE = "payee"
    LINKED = "linked"
    ACCOUNT = "account"
    CURRENCY = "currency"


DATE_FORMATS = (
    "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y",
    "%d-%m-%y", "%d/%m/%y",
)  # fmt: skip
TIME_FORMATS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


@dataclass(frozen=True, slots=True)
class KindRule:
    """Words that tell the kind of a movement; `sign` is the direction that it must have, if any."""

    pattern: re.Pattern[str]
    sign: int | None
    kind: StatementKind


def kind_rules(*rules: tuple[str, int | None, StatementKind]) -> tuple[KindRule, ...]:
    return tuple(
        KindRule(re.compile(words, re.IGNORECASE), sign, kind) for words, sign, kind in rules
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One layout. `columns` lists the labels that each column was met under, the best first."""

    provider: str
    version: str
    columns: Mapping[Column, Sequence[str]]
    # Without these a line is no header of this layout.
    required: Sequence[Column]
    # The first rule whose words are found decides; they are looked for in KIND, else in the head of
    # DETAILS, which ends where `party_in_details` is found: people may be called anything.
    kinds: Sequence[KindRule]
    party_in_details: re.Pattern[str] | None = None
    # Our reference inside DETAILS, as group 1, where ACCOUNT is empty.
    account_in_details: re.Pattern[str] | None = None
    date_formats: Sequence[str] = DATE_FORMATS
    time_formats: Sequence[str] = TIME_FORMATS
    # States of a movement, in small letters. A word in neither list is asked about, not guessed.
    counted: frozenset[str] = frozenset({"completed"})
    skipped: frozenset[str] = frozenset(
        {"failed", "cancelled", "canceled", "pending", "declined", "expired", "rejected"}
    )
    # DIRECTION: words for money that came in, and that went out, in small letters.
    words_in: frozenset[str] = frozenset({"credit", "cr", "c", "in", "+"})
    words_out: frozenset[str] = frozenset({"debit", "dr", "d", "out", "-"})
    # Without DIRECTION, the kinds (in KIND or DETAILS) whose unsigned AMOUNT went out.
    outgoing: re.Pattern[str] | None = None
    # Labels above the table.
    account_labels: Sequence[str] = ("short code",)
    opening_label: str = "opening balance"
    closing_label: str = "closing balance"
    # A title that names the account as group 1.
    title: re.Pattern[str] | None = None

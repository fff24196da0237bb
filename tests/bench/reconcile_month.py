"""A million payments and the provider's statement of them, two in a hundred wrong, made from numbers.

Payment `n` has the same reference, receipt, wallet, amount and time in the database (by one SQL
statement) and in the file (by `line_of`), so that nothing but the file needs to be kept between runs.
The file's last column says which payment a line truly is; the engine reads no such column.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from marketplace.shared.clock import EAT
from tests.factories.accounts import a_buyer
from tests.factories.reconciliation import HEADER
from tests.servers import superuser

PAYMENTS = 1_000_000
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
STEP = timedelta(days=30) / PAYMENTS
WRONG_EVERY = 50
VERSION = 3
FILE: Path = settings.BASE_DIR / ".data" / "bench" / f"statement-{PAYMENTS}-{VERSION}.csv"
TRUTH = "Notes"
# An odd factor: every number below 2**32 gives another one.
SPREAD, TURN, NUMBERS = 2_654_435_761, 40_503, 1 << 32

ORDERS = """
INSERT INTO orders_order (id, reference, buyer_id, status, currency, items_minor, shipping_minor,
    total_minor, recipient, phone, region, district, street, landmark, placed_at, expires_at,
    close_reason, paid_at)
SELECT md5('order' || n)::uuid, 'ORD-B' || lpad(n::text, 7, '0'), %(buyer)s, 'paid', 'TZS', 100,
    0, 100, 'Asha', '+255754000001', 'Dar es Salaam', 'Ilala', 'Samora', '', %(begin)s, %(begin)s, '', %(begin)s
FROM generate_series(0, %(last)s) AS n
"""
INTENTS = """
INSERT INTO payments_intent (id, reference, order_id, amount_minor, currency, status, created_at)
SELECT md5('intent' || n)::uuid, 'PAY-B' || lpad(n::text, 7, '0'), md5('order' || n)::uuid,
    (1 + n %% 300) * 50000, 'TZS', 'paid', %(begin)s
FROM generate_series(0, %(last)s) AS n
"""
ATTEMPTS = """
INSERT INTO payments_attempt (id, reference, intent_id, provider, msisdn, amount_minor, currency,
    status, conversation_id, receipt, provider_code, provider_message, created_at, settled_at,
    enquiries)
SELECT md5('attempt' || n)::uuid,
    'ATT-' || lpad(upper(to_hex(n::bigint * %(spread)s %% %(numbers)s)), 8, '0'),
    md5('intent' || n)::uuid, 'mpesa', '+25575' || lpad((n::bigint * 7919 %% 10000000)::text, 7, '0'),
    (1 + n %% 300) * 50000, 'TZS', 'succeeded', n::text,
    'BX' || lpad(upper(to_hex((n::bigint * %(turn)s + 7) %% %(numbers)s)), 8, '0'), '', '',
    %(begin)s, %(begin)s + n * %(step)s, 0
FROM generate_series(0, %(last)s) AS n
"""


@dataclass(frozen=True)
class Line:
    """A row of the file; `truth` is the number of the payment that it is, or ""."""

    receipt: str
    amount: int
    at: datetime
    truth: str
    account: str = ""
    reason: str = "Pay Utility"
    party: str = ""
    linked: str = ""
    balance: str = ""


@dataclass
class Planted:
    """What must be found: exceptions by kind, and matched lines."""

    lines: int = 0
    matched: int = 0
    exceptions: Counter[str] = field(default_factory=Counter)


def make_payments() -> None:
    """As the owner of the tables, without foreign keys' triggers: they are right by construction."""
    given = {
        "last": PAYMENTS - 1, "buyer": a_buyer().pk, "begin": BEGIN, "step": STEP,
        "spread": SPREAD, "turn": TURN, "numbers": NUMBERS,
    }  # fmt: skip
    with superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in (ORDERS, INTENTS, ATTEMPTS):
            connection.execute(statement, given)
    with superuser() as connection:
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE) payments_attempt")


def line_of(n: int) -> Line:
    """The line of payment `n`, as it should be."""
    digits = f"25575{n * 7919 % 10_000_000:07d}"
    return Line(
        receipt=f"BX{(n * TURN + 7) % NUMBERS:08X}",
        amount=(1 + n % 300) * 500,
        at=BEGIN + n * STEP,
        truth=str(n),
        account=f"ATT{n * SPREAD % NUMBERS:08X}",
        party=f"{digits[:5]}****{digits[-3:]} - ASHA M.",
    )


def lines(planted: Planted) -> Iterator[Line]:
    """All lines, oldest first; one payment in fifty in one of ten wrong ways."""
    for n in range(PAYMENTS):
        right = line_of(n)
        if n % WRONG_EVERY:
            planted.lines += 1
            planted.matched += 1
            yield right
            continue
        found, matched, exceptions = wrong_line(n // WRONG_EVERY % 10, n, right)
        planted.lines += len(found)
        planted.matched += matched
        planted.exceptions.update(exceptions)
        yield from found


def wrong_line(way: int, n: int, right: Line) -> tuple[list[Line], int, list[str]]:
    """The lines of one way to be wrong, how many of them match, and the exceptions they must give."""
    alone = replace(right, receipt=f"ZZ{n:08d}", truth="", account="TILL", party="")
    return {
        0: ([replace(right, amount=right.amount + 100)], 0, ["amount_differs"]),
        1: ([replace(right, balance="1.00"), replace(right, balance="2.00")], 1, ["duplicate"]),
        2: ([], 0, ["missing_in_statement"]),
        3: ([right, replace(alone, amount=777)], 1, ["missing_in_books"]),
        4: ([right, replace(right, amount=-90_000, reason="Pay Bill Charge", account="", truth="")],
            1, ["fee_unexpected"]),
        5: ([right, replace(alone, amount=-100, reason="Adjustment")], 1, ["unknown"]),
        6: ([right, replace(alone, amount=-right.amount, reason="Utility Payment Reversal",
            linked=right.receipt, account="")], 1, ["reversed"]),
        7: ([replace(right, receipt=alone.receipt)], 1, []),
        8: ([replace(right, receipt=alone.receipt, account="TILL")], 0,
            ["missing_in_books", "missing_in_statement"]),
        9: ([replace(right, receipt=right.receipt.lower(), account="")], 1, []),
    }[way]  # fmt: skip


def the_file() -> tuple[Path, Planted]:
    """The statement in the detailed layout, newest first; written once and kept."""
    planted = Planted()
    rows = [_cells(line) for line in lines(planted)]
    if not FILE.exists():
        FILE.parent.mkdir(parents=True, exist_ok=True)
        draft = FILE.with_suffix(".draft")
        with draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            until = BEGIN + PAYMENTS * STEP
            period = (
                f"From {_time(BEGIN - timedelta(hours=1))} To {_time(until + timedelta(hours=1))}"
            )
            writer.writerow(["Short Code:", "600600"])
            writer.writerow(["Time Period:", period])
            writer.writerow([*HEADER, TRUTH])
            writer.writerows(reversed(rows))
        draft.rename(FILE)
    return FILE, planted


def _cells(line: Line) -> list[str]:
    time = _time(line.at)
    return [
        line.receipt, time, time, line.reason, "Completed",
        f"{line.amount:,}.00" if line.amount > 0 else "",
        f"{line.amount:,}.00" if line.amount < 0 else "",
        line.balance, "true", line.reason, line.party, line.linked, f" {line.account}", "TZS",
        line.truth,
    ]  # fmt: skip


def _time(at: datetime) -> str:
    return f"{at.astimezone(EAT):%d-%m-%Y %H:%M:%S}"

"""What must hold after every step: the invariants, and our books against the providers' own.

What we know must have happened there (yes); what failed must not have (no); what is in flight may
have (maybe). Whatever a person booked against an exception is theirs, and left out of the comparison.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from marketplace.payments.gateways import wire
from marketplace.reconciliation.queries import proof
from marketplace.shared import clock
from marketplace.shared.models import Delivery, DeliveryStatus
from tasks.verification import INVARIANTS
from tests.proof.machine.world import World
from tests.simulators import PARTNER

# A delivery that fails for these comes again; any other failure is a mistake of ours.
EXPECTED_FAILURES = ("NotConfirmedYet", "ProviderUnavailable")
TAKEN_BACK_BY_THE_PROVIDER = "955"
FOR_EVER = 1e12
SHILLING = 100
MONTH = timedelta(days=32)
KNOWN, IN_FLIGHT = {"succeeded", "reversed"}, {"sent", "unknown"}

ATTEMPTS = """
SELECT a.id, a.reference, a.provider, a.status, a.amount_minor, a.is_applied, a.receipt, i.order_id
FROM payments_attempt a JOIN payments_intent i ON i.id = a.intent_id"""
REFUNDS = """
SELECT r.attempt_id, r.reference, r.status, r.amount_minor, r.channel, r.tries,
    coalesce(e.paid_from, '') AS paid_from,
    coalesce(p.seller_minor, 0) AS seller_minor, coalesce(p.commission_minor, 0) AS commission_minor,
    coalesce(p.commission_vat_minor, 0) AS vat_minor,
    coalesce(p.goodwill_minor, 0) AS goodwill_minor, p.seller_order_id,
    coalesce(p.shipping_minor, 0) > 0 OR EXISTS (SELECT FROM payments_refundline l
        WHERE l.part_id = p.id) AS is_of_goods
FROM payments_refund r LEFT JOIN payments_refundpart p ON p.refund_id = r.id
LEFT JOIN payments_refundevidence e ON e.refund_id = r.id"""
PAYOUTS = "SELECT reference, provider, status, amount_minor FROM payouts_payout"
PARTS = """
SELECT s.id, s.order_id, s.reference, s.commission_minor, s.commission_vat_minor AS vat_minor,
    items_minor + shipping_minor - s.commission_minor - s.commission_vat_minor AS net_minor,
    coalesce(c.status, 'earners') <> 'earners' AS is_kept
FROM orders_sellerorder s LEFT JOIN payments_chargeback c ON c.seller_order_id = s.id"""
BALANCES = """
SELECT split_part(a.code, ':', 1) AS family, split_part(a.code, ':', 2) AS owner,
    v.name LIKE 'reconciliation.%%' AS is_by_hand, p.reference, sum(p.amount_minor) AS minor
FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
JOIN ledger_entry e ON e.id = p.entry_id JOIN shared_loggedevent v ON v.id = e.event_id
GROUP BY 1, 2, 3, 4"""
TOP_UPS = "SELECT provider, amount_minor FROM payouts_topup WHERE status = 'approved'"
# At the moment when a payout left, one of the seller orders that it pays was owing already.
LEFT_WITH_DEBTS = """
SELECT p.reference, l.seller_order_reference AS owing
FROM payouts_payout p
JOIN payouts_payoutline l ON l.payout_id = p.id AND l.amount_minor > 0
CROSS JOIN LATERAL (
    SELECT sum(o.amount_minor) AS minor FROM ledger_posting o
    JOIN ledger_account c ON c.id = o.account_id
    WHERE o.reference = l.seller_order_reference AND o.posted_at < p.sent_at
        AND c.code LIKE 'seller\\_available:%%'
) left_behind
WHERE left_behind.minor > 0"""
PAID_OUT = """
SELECT l.seller_order_reference AS reference, l.amount_minor, p.reference AS payout
FROM payouts_payoutline l JOIN payouts_payout p ON p.id = l.payout_id"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a query, by name."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


class Books:
    """Ours and the providers', read once."""

    def __init__(self, world: World) -> None:
        self.attempts, self.refunds = _rows(ATTEMPTS), _rows(REFUNDS)
        self.payouts, self.parts = _rows(PAYOUTS), _rows(PARTS)
        self.balances, self.paid_out = _rows(BALANCES), _rows(PAID_OUT)
        self.top_ups = _rows(TOP_UPS)
        self.done: dict[tuple[str, str], Any] = {}
        self.given_back: dict[tuple[str, str], int] = defaultdict(int)
        for name, provider in world.providers.items():
            for entry in provider.book.completed(until=FOR_EVER):
                if entry.third_party_id:
                    ours = entry.third_party_id.removeprefix(PARTNER.biller_code)
                    self.done[name, ours] = entry
                if entry.kind == "refund":
                    self.given_back[name, entry.linked_receipt] += entry.amount_minor

    def total(self, family: str, owner: str = "") -> int:
        """Debits minus credits, without what people booked against exceptions."""
        return sum(
            row.minor
            for row in self.balances
            if (row.family, row.owner, row.is_by_hand) == (family, owner, False)
        )

    def refunds_of(self, attempt: Row) -> list[Row]:
        return [refund for refund in self.refunds if refund.attempt_id == attempt.id]

    def paid_back(self, attempt: Row, refund: Row) -> list[int]:
        """What the provider's book says it paid out under the names of this refund, try by try."""
        names = [wire(refund.reference) + (f"T{n}" if n > 1 else "") for n in range(1, refund.tries + 1)]  # fmt: skip
        found = [self.done.get((attempt.provider, name)) for name in names]
        return [entry.amount_minor for entry in found if entry]


def contradictions(world: World) -> list[str]:
    """Sentences; an empty list where all is well."""
    books = Books(world)
    return [
        *_broken_invariants(),
        *_unexpected_failures(),
        *_payments(books),
        *_refunds(books),
        *_payouts(books),
        *(f"{row.reference} left while {row.owing} owed" for row in _rows(LEFT_WITH_DEBTS)),
        *_wallets(world, books),
        *_shares(books),
        *_causes(world),
    ]


def _broken_invariants() -> Iterator[str]:
    for invariant in INVARIANTS:
        finding = invariant.check()
        if finding.differing:
            yield f"{invariant.name}: {finding.examples}"


def _unexpected_failures() -> Iterator[str]:
    unfinished = Delivery.objects.exclude(last_error="").exclude(status=DeliveryStatus.DONE)
    for handler, error in unfinished.values_list("handler", "last_error"):
        if not any(name in error for name in EXPECTED_FAILURES):
            yield f"{handler} failed: {error[-600:]}"


def _payments(books: Books) -> Iterator[str]:
    applied: dict[Any, int] = defaultdict(int)
    for attempt in books.attempts:
        applied[attempt.order_id] += attempt.is_applied
        if attempt.status not in KNOWN:
            continue
        entry = books.done.get((attempt.provider, wire(attempt.reference)))
        if entry is None:
            yield f"{attempt.reference} of {attempt.provider} is {attempt.status}, and nobody has paid"
        elif entry.amount_minor != attempt.amount_minor:
            yield f"{attempt.reference} is {attempt.amount_minor}, and {entry.amount_minor} were paid"
    yield from (f"order {order} was paid {n} times" for order, n in applied.items() if n > 1)


def _refunds(books: Books) -> Iterator[str]:
    for attempt in books.attempts:
        refunds = books.refunds_of(attempt)
        at_provider = books.given_back[attempt.provider, attempt.receipt] if attempt.receipt else 0
        by_hand = 0
        for refund in refunds:
            tries = books.paid_back(attempt, refund)
            if len(tries) > 1:
                yield f"{refund.reference} was paid back {len(tries)} times"
            if refund.channel == "payout":
                at_provider += sum(tries)
            if refund.channel == "manual" and refund.status == "succeeded":
                by_hand += refund.amount_minor
            if attempt.is_applied and refund.seller_order_id is None:
                yield f"{refund.reference} gives an order's money back, and nobody bears it"
        yes, maybe = _refunded(attempt, refunds)
        entry = books.done.get((attempt.provider, wire(attempt.reference)))
        is_hit = entry is not None and entry.fault == TAKEN_BACK_BY_THE_PROVIDER
        if at_provider < yes:
            yield f"{attempt.reference}: we say {yes} went back, the provider {at_provider}"
        if not is_hit and at_provider > yes + maybe:
            yield f"{attempt.reference}: {at_provider} went back, we know of {yes} (+ {maybe})"
        if not is_hit and at_provider + by_hand > attempt.amount_minor:
            yield f"{attempt.reference}: {at_provider + by_hand} of {attempt.amount_minor} went back"


def _refunded(attempt: Row, refunds: list[Row]) -> tuple[int, int]:
    """What has gone back through the provider for sure, and what may have."""
    through = [refund for refund in refunds if refund.channel != "manual"]
    maybe = sum(r.amount_minor for r in through if r.status in IN_FLIGHT)
    if attempt.status == "reversed":
        by_hand = sum(r.amount_minor for r in refunds if r.channel == "manual")
        return attempt.amount_minor - by_hand, by_hand
    return sum(r.amount_minor for r in through if r.status == "succeeded"), maybe


def _payouts(books: Books) -> Iterator[str]:
    moved = set()
    for payout in books.payouts:
        entry = books.done.get((payout.provider, wire(payout.reference)))
        if entry:
            moved.add(payout.reference)
            if entry.amount_minor != payout.amount_minor:
                yield f"{payout.reference} sent {entry.amount_minor}, not {payout.amount_minor}"
        if entry is None and payout.status in {"paid", "returned"}:
            yield f"{payout.reference} is {payout.status}, and the provider sent nothing"
        if entry and payout.status not in {"paid", "returned", *IN_FLIGHT}:
            yield f"{payout.reference} is {payout.status}, and the provider has sent it"
    returned = {payout.reference for payout in books.payouts if payout.status == "returned"}
    sent: dict[str, int] = defaultdict(int)
    for line in books.paid_out:
        if line.payout in moved - returned:
            sent[line.reference] += line.amount_minor
    for part in books.parts:
        if sent[part.reference] > part.net_minor:
            yield f"{part.reference} earned {part.net_minor}, and {sent[part.reference]} were sent"


def _wallets(world: World, books: Books) -> Iterator[str]:
    """Provider clearing is what we know that went in and out of each wallet; none pays what it has not."""
    for name, provider in world.providers.items():
        if (held := provider.book.held_minor(until=FOR_EVER)) < 0:
            yield f"the wallet at {name} holds {held}"
        expected = sum(each.amount_minor for each in books.top_ups if each.provider == name)
        for attempt in books.attempts:
            if attempt.provider != name or attempt.status not in KNOWN:
                continue
            refunds = books.refunds_of(attempt)
            from_bank = sum(r.amount_minor for r in refunds if r.paid_from == "bank")
            if attempt.status == "succeeded":
                gone = sum(r.amount_minor for r in refunds if r.status == "succeeded")
                expected += attempt.amount_minor - gone + from_bank
            else:
                expected += from_bank
        expected -= sum(
            p.amount_minor for p in books.payouts if (p.provider, p.status) == (name, "paid")
        )
        booked = books.total("provider_clearing", name)
        if booked != expected:
            yield f"provider_clearing:{name} holds {booked}, and {expected} went in and out"


def _shares(books: Books) -> Iterator[str]:
    """Commission and VAT are the terms' less what refunds took of them; suspense is what no order took."""
    standing = [r for r in books.refunds if r.status not in {"proposed", "rejected"}]
    payment_of = {a.order_id: a for a in books.attempts if a.is_applied}
    earned = dict.fromkeys(("commission_minor", "vat_minor"), 0)
    for part in books.parts:
        payment = payment_of.get(part.order_id)
        if payment is None or not (payment.status == "succeeded" or part.is_kept):
            continue
        for share in earned:
            taken = sum(getattr(r, share) for r in standing if r.seller_order_id == part.id)
            earned[share] += getattr(part, share) - taken
            if not 0 <= taken <= getattr(part, share):
                yield f"{part.reference}: refunds took {taken} of {getattr(part, share)} {share}"
    for account, share in (
        ("commission_revenue", "commission_minor"),
        ("vat_payable", "vat_minor"),
    ):
        if -books.total(account) != earned[share]:
            yield f"{account} holds {-books.total(account)}, the terms say {earned[share]}"
    goodwill = sum(r.goodwill_minor for r in standing)
    if books.total("goodwill") != goodwill:
        yield f"goodwill holds {books.total('goodwill')}, refunds took {goodwill} of it"
    lost = {a.id: a.amount_minor for a in books.attempts if a.status == "succeeded" and not a.is_applied}  # fmt: skip
    promised = sum(r.amount_minor for r in standing if r.attempt_id in lost)
    if -books.total("suspense") != sum(lost.values()) - promised:
        yield f"suspense holds {-books.total('suspense')}, not {sum(lost.values()) - promised}"
    yield from _fairness(books, standing)


def _fairness(books: Books, standing: list[Row]) -> Iterator[str]:
    """Refunds by amount take commission and VAT as the terms have them, to the rounding of each."""
    for part in books.parts:
        mine = [refund for refund in standing if refund.seller_order_id == part.id]
        if not mine or any(refund.is_of_goods for refund in mine):
            continue
        gross = part.net_minor + part.commission_minor + part.vat_minor
        given = sum(refund.amount_minor - refund.goodwill_minor for refund in mine)
        for share in ("commission_minor", "vat_minor"):
            taken = sum(getattr(refund, share) for refund in mine)
            if abs(taken * gross - given * getattr(part, share)) > SHILLING * len(mine) * gross:
                yield f"{part.reference}: of {given} given back, {taken} is {share}"


def _causes(world: World) -> Iterator[str]:
    """What a wallet and our books differ by in this month and in the one before has a cause."""
    month = clock.today().replace(day=1)
    for first in ((month - timedelta(days=1)).replace(day=1), month):
        since, until = clock.midnight(first), clock.midnight((first + MONTH).replace(day=1))
        for name in world.providers:
            found = proof(provider=name, since=since, until=until)
            if found.unexplained_minor:
                yield f"{name} in {first:%Y-%m}: {found.unexplained_minor} is not explained: {found}"


def _rows(statement: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("%%", "%"))
        names = [column.name for column in cursor.description]
        return [Row(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]

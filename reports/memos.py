"""What the journal's entries say, in the reader's language: a sentence for each kind of memo.

A memo in the books stays as it was written. One that no sentence is known for is shown as it is;
`tests/reports/test_memos.py` finds every memo that our code writes.
"""

from collections.abc import Iterator
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.ledger import memos
from marketplace.payments.states import ChargebackStatus, Provider, RefundReason
from marketplace.payouts.states import EarningStatus
from marketplace.reconciliation.states import Resolution, TargetKind


def memo_in_words(memo: str) -> str:
    """In the active language."""
    return memos.in_words(memo, sentences())


def sentences() -> memos.Sentences:
    """By kind of memo, in the active language."""
    return _sentences(get_language() or "")


@cache
def _sentences(_language: str) -> dict[str, str]:
    return {memos.kind_of(memo): sentence for memo, sentence in known_memos()}


def known_memos() -> Iterator[tuple[str, str]]:
    """A memo of each kind, with a reference `AAA-A`, and its sentence."""
    yield from _of_payments()
    yield from _of_payouts()
    yield from _of_earnings()
    yield from _of_statements()


def _of_payments() -> Iterator[tuple[str, str]]:
    yield "Payment AAA-A", _("Payment %(reference)s")
    yield "Payment AAA-A without an order", _("Payment %(reference)s without an order")
    yield "Payment AAA-A applied", _("Payment %(reference)s applied to an order")
    yield (
        "Payment AAA-A reversed by the provider",
        _("Payment %(reference)s taken back by the provider"),
    )
    for reason in RefundReason:
        yield (
            f"Refund AAA-A: {reason}",
            _("Refund %(reference)s: %(reason)s") % _with(reason=reason.label),
        )
    yield "Refund AAA-A paid back", _("Refund %(reference)s paid out to the buyer")
    yield "Refund AAA-A is borne anew", _("Refund %(reference)s: others bear it now")
    for status in ChargebackStatus:
        yield (
            f"AAA-A: taken back by the provider, {status}",
            _("%(reference)s: taken back by the provider. %(status)s") % _with(status=status.label),
        )


def _of_payouts() -> Iterator[tuple[str, str]]:
    yield "Payout AAA-A approved", _("Payout %(reference)s approved")
    yield "Payout AAA-A paid", _("Payout %(reference)s paid")
    yield (
        "Payout AAA-A: taken back before it was sent",
        _("Payout %(reference)s: taken back before it was sent"),
    )
    yield (
        "Payout AAA-A failed: the seller is credited again",
        _("Payout %(reference)s failed: the seller is credited again"),
    )
    yield (
        "Payout AAA-A came back: the seller is credited again",
        _("Payout %(reference)s came back: the seller is credited again"),
    )
    for provider in Provider:
        yield (
            f"Top-up AAA-A of the wallet at {provider}",
            _("Top-up %(reference)s of the wallet at %(provider)s")
            % _with(provider=provider.label),
        )


def _of_earnings() -> Iterator[tuple[str, str]]:
    for before in EarningStatus:
        for after in EarningStatus:
            yield (
                f"AAA-A: {before} → {after}",
                _("Earning of %(reference)s: %(before)s → %(after)s")
                % _with(before=before.label, after=after.label),
            )
    yield "AAA-A: out of the reserve", _("Earning of %(reference)s: out of the reserve")
    yield "AAA-A: payouts.seller_held.v1", _("All money of %(reference)s put on hold")
    yield "AAA-A: payouts.seller_freed.v1", _("Money of %(reference)s freed")


def _of_statements() -> Iterator[tuple[str, str]]:
    for kind in TargetKind:
        yield (
            f"Statement AAA-A, 2026-01: 1 × {kind}",
            _("Statement %(reference)s, %(month)s: %(count)s × %(kind)s") % _with(kind=kind.label),
        )
    for resolution in Resolution:
        yield (
            f"Reconciliation: AAA-A {resolution}",
            _("Exception %(reference)s: %(resolution)s") % _with(resolution=resolution.label),
        )
    yield (
        "Reconciliation: AAA-A reopened",
        _("Exception %(reference)s opened again; its entry is taken back"),
    )


def _with(**words: object) -> dict[str, object]:
    """The words of this kind, and the places that every memo fills by itself."""
    return {name: f"%({name})s" for name in ("reference", "month", "count")} | words

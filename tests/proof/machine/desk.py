"""What people of finance do in the machine; where the rules leave it to them, they look into the portal first."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from fixtures.simulators.core.entries import COMPLETED, fee_of
from fixtures.simulators.core.faults import Product
from marketplace.billing.commands import issue_due
from marketplace.closing.commands import (
    approve_reopening,
    close_period,
    open_months,
    reject_reopening,
    request_reopening,
)
from marketplace.closing.models import Period
from marketplace.payments.commands import (
    approve_refund,
    declare_refund_failed,
    reject_refund,
    retry_refund,
    settle_refund_by_hand,
)
from marketplace.payments.gateways import wire
from marketplace.payments.models import Refund
from marketplace.payments.states import PaidFrom
from marketplace.payouts.commands import (
    approve_batch,
    pause_payouts,
    prepare_batch,
    reject_batch,
    resume_payouts,
    retry_failures,
    return_payout,
    settle_payout,
    take_on_batch,
)
from marketplace.payouts.models import Payout, PayoutBatch, PayoutPause
from marketplace.reconciliation.commands import (
    confirm_suggestion,
    reject_suggestion,
    reopen_exception,
    resolve_exception,
    take_back_suggestion,
)
from marketplace.reconciliation.models import ReconciliationException, Suggestion
from marketplace.reconciliation.policies import resolutions_for
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from marketplace.shared.invariants import check_all
from marketplace.shared.months import bounds
from tasks.verification import INVARIANTS
from tests.factories.files import a_pdf
from tests.proof.machine.world import World

LONG_ENOUGH = timedelta(hours=25)
HOLD_IS_OVER = timedelta(days=8)
SHILLING, FLOAT_MINOR = 100, 30_000_000


class Desk:
    """Each action takes which row, who acts, and which of the ways; refusals are raised."""

    def __init__(self, world: World) -> None:
        self.world = world

    # --- Refunds ---

    def decide_refund(self, which: int, actor: Actor, choice: int) -> None:
        refund = _nth(Refund.objects.filter(status="proposed"), which)
        if refund and choice % 3:
            approve_refund(refund_id=refund.pk, actor=actor)
        elif refund:
            reject_refund(refund_id=refund.pk, reason="Not agreed", actor=actor)

    def try_a_refund_again(self, which: int, actor: Actor, choice: int) -> None:
        refund = _nth(Refund.objects.filter(status="failed"), which)
        if refund:
            channel = ("", "reversal", "payout")[choice % 3]
            retry_refund(refund_id=refund.pk, actor=actor, channel=channel)

    def settle_a_refund(self, which: int, actor: Actor, choice: int) -> None:
        """Pay by hand what the portal says was not paid; or give up what it does not know."""
        refund = _nth(Refund.objects.filter(status__in=["failed", "unknown"]), which)
        if refund is None:
            return
        self.world.things_happen()
        self.world.time_passes(LONG_ENOUGH)
        refund.refresh_from_db()
        if refund.status == "succeeded" or self._was_paid_back(refund):
            return
        if refund.status == "unknown" and choice % 2:
            declare_refund_failed(refund_id=refund.pk, reason="Not in the portal", actor=actor)
            return
        receipt = f"HAND{self.world.number()}"
        by_wallet = bool(choice // 2 % 2) and self.world.pay_by_hand(
            refund.attempt.provider, refund, receipt
        )
        settle_refund_by_hand(
            refund_id=refund.pk,
            receipt=receipt,
            paid_from=PaidFrom.WALLET if by_wallet else PaidFrom.BANK,
            file=a_pdf(),
            reason="Paid at the counter",
            actor=actor,
        )

    def _was_paid_back(self, refund: Refund) -> bool:
        name, reference = refund.attempt.provider, wire(refund.reference)
        payment = self.world.providers[name].book.find(refund.attempt.receipt)
        tries = [reference, *(f"{reference}T{n}" for n in range(2, refund.tries + 1))]
        found = [self.world.entry(name, each) for each in tries]
        is_paid = any(entry and entry.status == COMPLETED for entry in found)
        return is_paid or bool(payment and payment.reversed_minor)

    # --- Payouts ---

    def pay_out(self, which: int, actor: Actor, choice: int) -> None:
        """What mostly happens: when the holds are over, by two people."""
        self.world.time_passes(HOLD_IS_OVER)
        first, second, _third = self.world.staff
        batch = prepare_batch(actor=first)
        self._fill_for(batch, is_named=choice % 3 > 0)
        approve_batch(batch_id=batch.pk, actor=second)

    def prepare(self, which: int, actor: Actor, choice: int) -> None:
        prepare_batch(actor=actor)

    def take_on(self, which: int, actor: Actor, choice: int) -> None:
        batch = _nth(PayoutBatch.objects.filter(status="awaiting_approval"), which)
        if batch:
            take_on_batch(batch_id=batch.pk, actor=actor)

    def decide_batch(self, which: int, actor: Actor, choice: int) -> None:
        batch = _nth(PayoutBatch.objects.filter(status="awaiting_approval"), which)
        if batch and choice % 4:
            approve_batch(batch_id=batch.pk, actor=actor)
        elif batch:
            reject_batch(batch_id=batch.pk, reason="Not today", actor=actor)

    def try_failures_again(self, which: int, actor: Actor, choice: int) -> None:
        batch = _nth(PayoutBatch.objects.all(), which)
        if batch:
            retry_failures(batch_id=batch.pk, actor=actor)

    def settle_a_payout(self, which: int, actor: Actor, choice: int) -> None:
        """As the portal says, a day later."""
        payout = _nth(Payout.objects.filter(status__in=["sent", "unknown"]), which)
        if payout is None:
            return
        self.world.things_happen()
        self.world.time_passes(LONG_ENOUGH)
        entry = self.world.entry(payout.provider, wire(payout.reference))
        is_paid = entry is not None and entry.status == COMPLETED
        settle_payout(
            payout_id=payout.pk,
            is_paid=is_paid,
            receipt=entry.receipt if entry and is_paid else "",
            reason="The portal says so",
            actor=actor,
        )

    def take_a_payout_back(self, which: int, actor: Actor, choice: int) -> None:
        payout = _nth(Payout.objects.filter(status="paid"), which)
        if payout:
            return_payout(payout_id=payout.pk, reason="The wallet was closed", actor=actor)

    def _fill_for(self, batch: PayoutBatch, *, is_named: bool) -> None:
        """What the batch needs and the wallets do not hold comes from the bank."""
        planned = batch.payouts.filter(status="planned")
        for name, provider in self.world.providers.items():
            amounts = planned.filter(provider=name).values_list("amount_minor", flat=True)
            needed = sum(amount + fee_of(Product.PAYOUT, amount) for amount in amounts)
            short = needed - provider.book.free_minor()
            if short > 0:
                self.world.top_up(name, -(-short // SHILLING) * SHILLING, is_named=is_named)

    def the_float_runs_empty(self, which: int, actor: Actor, choice: int) -> None:
        """What was approved, or is from now on, waits; what it pays may be taken back meanwhile."""
        name = list(self.world.providers)[which % 3]
        pause_payouts(provider=name, code="float", message="Our float is empty")

    def fill_the_float(self, which: int, actor: Actor, choice: int) -> None:
        """Where payouts wait for it, or for whatever is to come."""
        pause = _nth(PayoutPause.objects.filter(resumed_at__isnull=True), which)
        name = pause.provider if pause else list(self.world.providers)[which % 3]
        if choice % 4:
            self.world.top_up(name, FLOAT_MINOR, is_named=choice % 2 == 0)
        if pause:
            resume_payouts(provider=pause.provider, reason="Filled", actor=actor)

    # --- Exceptions of reconciliation ---

    def resolve(self, which: int, actor: Actor, choice: int) -> None:
        """One that is open; where none is, a statement may bring some."""
        if not ReconciliationException.objects.filter(status="open").exists():
            self.world.import_statement(list(self.world.providers)[which % 3])
            self.world.work()
        row = _nth(ReconciliationException.objects.filter(status="open"), which)
        if row:
            ways = resolutions_for(kind=row.kind, difference_minor=row.difference_minor)
            way = ways[choice % len(ways)]
            resolve_exception(exception_id=row.pk, resolution=way, reason="Seen", actor=actor)

    def think_again(self, which: int, actor: Actor, choice: int) -> None:
        """What a person closed or confirmed is taken back."""
        closed = ReconciliationException.objects.filter(resolved_by__isnull=False)
        row = _nth(closed.filter(status="resolved"), which)
        confirmed = _nth(Suggestion.objects.filter(status="confirmed"), which)
        if row and choice % 2:
            reopen_exception(exception_id=row.pk, reason="Not so", actor=actor)
        elif confirmed:
            take_back_suggestion(suggestion_id=confirmed.pk, reason="Not so", actor=actor)

    def decide_suggestion(self, which: int, actor: Actor, choice: int) -> None:
        row = _nth(Suggestion.objects.filter(status="proposed"), which)
        if row and choice % 2:
            confirm_suggestion(suggestion_id=row.pk, actor=actor)
        elif row:
            reject_suggestion(suggestion_id=row.pk, reason="It is another", actor=actor)

    # --- Months ---

    def close_a_month(self, which: int, actor: Actor, choice: int) -> None:
        """The earliest that is open, once all that its list asks was done as far as a person can."""
        self.world.everything_settles()
        open_months()
        open_ones = Period.objects.exclude(status__in=["closed", "reopening"]).order_by("month")
        period = open_ones.first()
        if period is None or bounds(period.month)[1] > clock.now():
            return
        for name in self.world.providers:
            with suppress(DomainError):
                self.world.import_statement(name)
        self.world.work()
        for suggestion in Suggestion.objects.filter(status="proposed"):
            reject_suggestion(suggestion_id=suggestion.pk, reason="It is another", actor=actor)
        while ReconciliationException.objects.filter(status="open").exists():
            self.resolve(0, actor, choice)
        issue_due()
        self.world.work()
        list(check_all(INVARIANTS))
        close_period(period_id=period.pk, reason="All done", actor=actor)

    def reopen_a_month(self, which: int, actor: Actor, choice: int) -> None:
        """One person asks, another agrees or does not."""
        period = (
            Period.objects.filter(status__in=["closed", "reopening"]).order_by("-month").first()
        )
        if period is None:
            return
        if period.status == "closed":
            request_reopening(period_id=period.pk, reason="Something was wrong", actor=actor)
        elif choice % 3:
            approve_reopening(period_id=period.pk, actor=actor)
        else:
            reject_reopening(period_id=period.pk, reason="Nothing was wrong", actor=actor)

    # By desk, so that each gets its share of a life.
    REFUNDS = (decide_refund, try_a_refund_again, settle_a_refund)
    PAYOUTS = (
        pay_out,
        prepare,
        take_on,
        decide_batch,
        try_failures_again,
        settle_a_payout,
        take_a_payout_back,
        the_float_runs_empty,
        fill_the_float,
    )
    EXCEPTIONS = (resolve, think_again, decide_suggestion)
    MONTHS = (close_a_month, close_a_month, reopen_a_month)


def _nth(rows: Any, which: int) -> Any:
    count = rows.count()
    return rows.order_by("-pk")[which % count] if count else None

"""Roads of the kill matrix that end in a seller's wallet, or back on the seller's balance."""

from contextlib import suppress
from typing import Any, ClassVar

from fixtures.simulators.core.faults import Product
from marketplace.payouts.commands import (
    approve_batch,
    hold_seller,
    pause_payouts,
    prepare_batch,
    resume_payouts,
    settle_payout,
)
from marketplace.payouts.commands.settling import DOUBT
from marketplace.payouts.errors import NothingToPayOut, PayoutsNotPaused
from marketplace.payouts.models import Payout, PayoutBatch
from marketplace.payouts.queries import balance_of
from marketplace.shared import clock
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import a_ripe_part
from tests.factories.sellers import a_seller
from tests.marketplace.disputes.test_reversals import take_back
from tests.proof.walking import DAY_MIN, LATER_MIN, Road, differing

NOT_A_WALLET = "987"


class PaidOut(Road):
    """A batch is approved, and its payout leaves."""

    digits = "000"
    later_min: ClassVar[tuple[int, ...]] = (*LATER_MIN, DAY_MIN + 1)

    def begin(self) -> None:
        number = self.mpesa.number(self.digits)
        self.seller = a_seller(payout_provider="mpesa", payout_msisdn=number)
        a_ripe_part(a_listing(seller=self.seller))
        self.owed = balance_of(seller_reference=self.seller.reference).available_minor
        self.batch = prepare_batch(actor=staff_actor())
        self.approver = staff_actor()

    def work(self) -> None:
        self.batch.refresh_from_db()
        if self.batch.status == "awaiting_approval":
            approve_batch(batch_id=self.batch.pk, actor=self.approver)
        deliver_all()

    def again(self) -> None:
        """Of what nobody tells a person does, a day later; what never left is planned once more."""
        self.work()
        self.look_into_the_portal()
        if not self.payouts().filter(status__in=["planned", "approved", "sent", "unknown", "paid"]):
            try:
                self.batch = prepare_batch(actor=staff_actor())
            except NothingToPayOut:
                return
            self.work()

    def look_into_the_portal(self) -> None:
        doubtful = self.payouts().filter(status__in=["sent", "unknown"])
        for payout in doubtful.filter(sent_at__lte=clock.now() - DOUBT):
            found = self.entries(Product.PAYOUT, [payout.reference])
            settle_payout(
                payout_id=payout.pk,
                is_paid=bool(found),
                receipt=found[0].receipt if found else "",
                reason="The portal says so",
                actor=staff_actor(),
            )

    def payouts(self) -> Any:
        return Payout.objects.filter(seller=self.seller)

    def wrong(self) -> list[str]:
        there = self.entries(
            Product.PAYOUT, list(self.payouts().values_list("reference", flat=True))
        )
        return differing(
            paid=(self.payouts().filter(status="paid").count(), 1),
            sent_there=([entry.amount_minor for entry in there], [self.owed]),
            left=(balance_of(seller_reference=self.seller.reference).available_minor, 0),
        )


class PaidInPart(PaidOut):
    """An empty float kept the payout back; meanwhile one of its two payments was taken back."""

    def begin(self) -> None:
        number = self.mpesa.number(self.digits)
        self.seller = a_seller(payout_provider="mpesa", payout_msisdn=number)
        self.taken = a_ripe_part(a_listing(seller=self.seller))
        self.owed = a_ripe_part(a_listing(seller=self.seller)).net_minor
        self.batch = prepare_batch(actor=staff_actor())
        self.approver = staff_actor()
        pause_payouts(provider="mpesa", code="float", message="Our float is empty")
        approve_batch(batch_id=self.batch.pk, actor=self.approver)
        take_back(self.taken)

    def work(self) -> None:
        with suppress(PayoutsNotPaused):
            resume_payouts(provider="mpesa", reason="Filled", actor=self.approver)
        super().work()

    def wrong(self) -> list[str]:
        held = balance_of(seller_reference=self.seller.reference).on_hold_minor
        return super().wrong() + differing(kept=(held, self.taken.net_minor))


class RefusedForGood(PaidOut):
    """M17: the provider refuses the payout; the seller is owed all of it again."""

    digits = NOT_A_WALLET

    def leave(self) -> None:
        """The next batch is not for this seller, who still is owed."""
        hold_seller(seller_id=self.seller.pk, reason="His wallet is none", actor=staff_actor())

    def again(self) -> None:
        self.work()
        self.look_into_the_portal()

    def wrong(self) -> list[str]:
        there = self.entries(
            Product.PAYOUT, list(self.payouts().values_list("reference", flat=True))
        )
        return differing(
            failed=(list(self.payouts().values_list("status", flat=True)), ["failed"]),
            sent_there=(there, []),
            owed=(balance_of(seller_reference=self.seller.reference).available_minor, self.owed),
            batch=(PayoutBatch.objects.get(pk=self.batch.pk).status, "completed"),
        )

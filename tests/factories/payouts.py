"""Money on its way to sellers."""

from datetime import timedelta

import time_machine
from django.conf import settings

from marketplace.listings.models import Listing
from marketplace.orders.models import SellerOrder
from marketplace.payouts.commands import approve_batch, prepare_batch, release_due
from marketplace.payouts.models import Payout
from tests.factories.accounts import staff_actor
from tests.factories.orders import a_delivered_part


def a_ripe_part(*listings: Listing) -> SellerOrder:
    """A delivered part whose hold period is over."""
    part = a_delivered_part(*listings)
    with time_machine.travel(part.delivered_at + timedelta(days=settings.HOLD_DAYS, seconds=1)):
        release_due()
    return part


def an_approved_payout(*listings: Listing) -> Payout:
    """Of one ripe part, approved by a second person; its delivery is not run."""
    a_ripe_part(*listings)
    batch = prepare_batch(actor=staff_actor())
    approve_batch(batch_id=batch.pk, actor=staff_actor())
    return Payout.objects.get(batch=batch)

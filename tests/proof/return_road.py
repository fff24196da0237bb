"""The road of a payout that succeeded and that its bank or wallet sends back later."""

from io import BytesIO
from typing import Any

from marketplace.ledger.models import Entry
from marketplace.payouts.models import Earning, Payout
from marketplace.payouts.queries import balance_of
from marketplace.payouts.states import EarningStatus, PayoutStatus
from marketplace.reconciliation.commands import upload_statement
from marketplace.reconciliation.models import Statement
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.listings import a_listing
from tests.factories.payouts import an_approved_payout
from tests.factories.sellers import a_seller


def name_of(provider: Any) -> str:
    return str(provider.dialect.name)


def a_payout_that_came_back(provider: Any, digits: str = "992") -> Payout:
    """Paid, and sent back since; nobody here knows it yet."""
    seller = a_seller(payout_provider=name_of(provider), payout_msisdn=provider.number(digits))
    payout = an_approved_payout(a_listing(seller=seller))
    deliver_all()
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    provider.settle()
    return payout


def a_statement(provider: Any, actor: Actor | None = None, layout: str = "") -> Statement:
    file = BytesIO(provider.statement(layout=layout))
    file.name = f"{name_of(provider)}.csv"
    return upload_statement(provider=name_of(provider), file=file, actor=actor or staff_actor())


def available_minor(payout: Payout) -> int:
    return balance_of(seller_reference=payout.seller.reference).available_minor


def returned_entries() -> int:
    return Entry.objects.filter(event__name="payouts.payout_returned.v1").count()


def is_returned_once(payout: Payout) -> None:
    payout.refresh_from_db()
    assert (payout.status, bool(payout.receipt)) == (PayoutStatus.RETURNED, True)
    assert Earning.objects.get().status == EarningStatus.AVAILABLE
    assert available_minor(payout) == payout.amount_minor
    assert returned_entries() == 1

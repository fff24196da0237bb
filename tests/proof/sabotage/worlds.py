"""Data that contradicts nothing and has something of everything that an invariant looks at."""

from datetime import timedelta

from django.contrib.auth.models import Group

from marketplace.accounts.commands import sign_in
from marketplace.billing.commands import issue_due
from marketplace.catalog.models import Product
from marketplace.disputes.commands import (
    appeal_dispute,
    decide_appeal,
    open_dispute,
    resolve_dispute,
)
from marketplace.ledger.seals import seal_due
from marketplace.orders.models import OrderLine
from marketplace.payments.commands import refund_pieces
from marketplace.payments.states import RefundReason
from marketplace.reconciliation.commands import confirm_suggestion, resolve_exception
from marketplace.reconciliation.models import ReconciliationException, Suggestion
from marketplace.reconciliation.states import Resolution
from marketplace.rules.states import RuleName
from marketplace.search.commands import rebuild
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from tests.deliveries import deliver_all
from tests.factories.accounts import (
    PASSWORD,
    a_buyer,
    a_console_session,
    a_role_request,
    a_staff_member,
    staff_actor,
    with_second_factor,
)
from tests.factories.console import an_import
from tests.factories.orders import a_delivered_part, an_order
from tests.factories.payouts import (
    a_paid_payout,
    a_terms_request,
    a_top_up,
    the_reserve_of,
    the_terms_of,
)
from tests.factories.reconciliation import (
    NOON,
    Row,
    a_payment,
    a_receipt,
    an_uploaded_statement,
    charge,
    paid,
)
from tests.factories.reviews import a_reported_review
from tests.factories.rules import a_rule_request, a_rule_set_to
from tests.factories.sellers import a_seller, a_standing_request, seller_actor


def a_marketplace() -> None:
    """People, goods, orders in each state, money given back, held, paid out and billed."""
    Group.objects.get_or_create(name="Finance")
    a_console_session(with_second_factor(a_staff_member("Finance")))
    sign_in(login=a_buyer(email="signed-in@example.test").email, password=PASSWORD)
    a_role_request()
    a_standing_request()
    a_rule_set_to(RuleName.REFUND_APPROVAL, 60_000_000)
    a_rule_request()
    the_terms_of(a_seller().pk, tier="watched")
    the_reserve_of("standard", basis_points=100, days=1)
    a_terms_request(a_seller().pk, frequency="daily")
    an_import(a_seller())
    a_top_up()
    payout = a_paid_payout()
    an_order()
    disputed, returned = a_delivered_part(), a_delivered_part()
    open_dispute(
        seller_order_id=disputed.pk,
        reason="damaged",
        claimed_minor=disputed.gross_minor,
        message="The screen is broken.",
        actor=Actor.buyer(disputed.order.buyer_id),
    )
    a_reported_review(returned)
    _an_appealed_case()
    with clock.at(clock.now() + timedelta(days=40)):
        issue_due()
        deliver_all()
    refund_pieces(
        seller_order_id=returned.pk,
        pieces={OrderLine.objects.get(seller_order=returned).pk: 1},
        with_shipping=False,
        reason=RefundReason.RETURNED,
        cause="worlds",
        actor=staff_actor(),
    )
    assert payout.status == "paid"
    deliver_all()
    assert Product.objects.exists()
    rebuild()
    seal_due()


def _an_appealed_case() -> None:
    """The seller bore all of it; the appeal finds the carrier at fault."""
    part = a_delivered_part()
    buyer = Actor.buyer(part.order.buyer_id)
    case = open_dispute(
        seller_order_id=part.pk,
        reason="damaged",
        claimed_minor=part.gross_minor,
        message="It came broken.",
        actor=buyer,
    )
    decision = {"dispute_id": case.pk, "outcome": "refund_full", "note": "Seen."}
    resolve_dispute(**decision, fault="seller", actor=staff_actor())
    appeal_dispute(dispute_id=case.pk, reason="No.", actor=seller_actor(part.seller_id))
    decide_appeal(**decision, fault="carrier", actor=staff_actor())


def a_reconciled_day() -> None:
    """A payment that its receipt matched, one that a person did, a charge, and money of nobody."""
    known, lost = a_payment(), a_payment(7_000_00)
    digits = lost.msisdn.lstrip("+")
    rows = [
        paid(known),
        charge(known.receipt),
        paid(lost, receipt=a_receipt(), account="TILL", party=f"{digits[:5]}****{digits[-3:]} - A.")
        .with_(at=(lost.settled_at or NOON) + timedelta(minutes=2)),
        Row(a_receipt(), 3_000_00),
    ]  # fmt: skip
    an_uploaded_statement(rows)
    deliver_all()
    confirm_suggestion(
        suggestion_id=Suggestion.objects.get(status="proposed").pk, actor=staff_actor()
    )
    resolve_exception(
        exception_id=ReconciliationException.objects.get(status="open").pk,
        resolution=Resolution.TO_SUSPENSE,
        reason="Nobody knows the payer",
        actor=staff_actor(),
    )

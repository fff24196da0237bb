"""Holds: several reasons at once, on an earning or on a seller, each freed by itself."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from marketplace.notifications.models import Message
from marketplace.payouts.commands import (
    free_seller,
    hold_earning,
    hold_for_documents,
    hold_seller,
    prepare_batch,
    release_due,
    unhold_earning,
)
from marketplace.payouts.errors import AlreadyHeld, NotHeld, NothingToPayOut, ReasonMissing
from marketplace.payouts.models import Earning, Hold
from marketplace.payouts.queries import balance_of, earnings_of, holds_of, prospects, reasons_of
from marketplace.payouts.states import EarningStatus, HoldKind, Obstacle
from marketplace.sellers.commands import review_document, upload_document
from marketplace.sellers.models import KycDocument
from marketplace.sellers.states import DocumentKind
from marketplace.shared import clock
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.files import a_pdf
from tests.factories.listings import a_listing
from tests.factories.orders import a_delivered_part
from tests.factories.payouts import a_ripe_part, an_approved_payout
from tests.factories.sellers import an_accepted_application, approved, owner_actor
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
RIPE = timedelta(days=settings.HOLD_DAYS, seconds=1)


def amounts(part) -> tuple[int, int, int]:
    balance = balance_of(seller_reference=part.seller.reference)
    return balance.pending_minor, balance.available_minor, balance.on_hold_minor


def test_a_held_seller_is_not_paid_and_what_becomes_available_is_held_too():
    ripe, finance = a_ripe_part(), staff_actor()
    later = a_delivered_part(a_listing(ripe.seller))
    hold_seller(seller_id=ripe.seller_id, reason="many complaints", actor=finance)
    assert amounts(ripe) == (later.net_minor, 0, ripe.net_minor)

    with clock.at(later.delivered_at + RIPE):
        release_due()
        assert amounts(ripe) == (0, 0, ripe.net_minor + later.net_minor)
        with pytest.raises(NothingToPayOut):
            prepare_batch(actor=finance)
        free_seller(seller_id=ripe.seller_id, reason="all is well", actor=finance)

    assert amounts(ripe) == (0, ripe.net_minor + later.net_minor, 0)
    assert broken_invariants() == []


def test_freeing_a_seller_leaves_what_another_hold_freezes():
    held, free = a_ripe_part(), staff_actor()
    other = a_ripe_part(a_listing(held.seller))
    hold_earning(seller_order_id=held.pk, reason="police", actor=free)
    hold_seller(seller_id=held.seller_id, reason="risk", actor=free)
    free_seller(seller_id=held.seller_id, reason="fine", actor=free)

    assert amounts(held) == (0, other.net_minor, held.net_minor)
    with clock.at(held.delivered_at + RIPE):
        unhold_earning(seller_order_id=held.pk, actor=free, reason="fine")
    assert amounts(held) == (0, held.net_minor + other.net_minor, 0)
    assert broken_invariants() == []


def test_an_earning_freed_while_its_seller_is_held_stays_on_hold():
    part, finance = a_ripe_part(), staff_actor()
    hold_earning(seller_order_id=part.pk, reason="police", actor=finance)
    hold_seller(seller_id=part.seller_id, reason="risk", actor=finance)

    with clock.at(part.delivered_at + RIPE):
        assert not unhold_earning(seller_order_id=part.pk, actor=finance)

        assert Earning.objects.get(seller_order=part).status == EarningStatus.ON_HOLD
        free_seller(seller_id=part.seller_id, reason="fine", actor=finance)
    assert amounts(part) == (0, part.net_minor, 0)
    assert broken_invariants() == []


def test_a_hold_needs_a_reason_and_stands_once():
    part, finance = a_ripe_part(), staff_actor()

    with pytest.raises(ReasonMissing):
        hold_seller(seller_id=part.seller_id, reason=" ", actor=finance)
    with pytest.raises(NotHeld):
        free_seller(seller_id=part.seller_id, reason="fine", actor=finance)
    hold = hold_seller(seller_id=part.seller_id, reason="risk", actor=finance)
    with pytest.raises(AlreadyHeld):
        hold_seller(seller_id=part.seller_id, reason="risk", actor=finance)
    hold.pk = None
    with pytest.raises(IntegrityError, match="hold_open_once_per_seller"), transaction.atomic():
        hold.save(force_insert=True)


def test_money_on_its_way_that_comes_back_to_a_held_seller_is_held():
    payout = an_approved_payout()
    hold_seller(seller_id=payout.seller_id, reason="risk", actor=staff_actor())

    deliver_all()

    payout.refresh_from_db()
    assert (payout.status, payout.sent_at) == ("failed", None)
    balance = balance_of(seller_reference=payout.seller.reference)
    assert (balance.available_minor, balance.on_hold_minor) == (0, payout.amount_minor)
    assert broken_invariants() == []


def a_seller_whose_papers_expired() -> KycDocument:
    application = an_accepted_application()
    seller = approved(application)
    a_ripe_part(a_listing(seller))
    document = application.documents.get(kind=DocumentKind.NIDA)
    KycDocument.objects.filter(pk=document.pk).update(expires_on=clock.today() - timedelta(days=1))
    return document


def test_expired_papers_hold_the_money_until_new_ones_are_accepted():
    document = a_seller_whose_papers_expired()
    application = document.application
    seller = application.seller

    assert hold_for_documents() == "1 held, 0 freed"
    assert hold_for_documents() == "0 held, 0 freed"
    deliver_all()
    assert Message.objects.filter(code="papers_expired", user=application.applicant_id).exists()
    assert [one.kind for one in holds_of(seller_id=seller.pk)] == [HoldKind.KYC_EXPIRED]
    (prospect,) = prospects(seller_ids=[seller.pk])
    assert Obstacle.HELD in [one.obstacle for one in prospect.blocked]

    new = upload_document(
        application_id=application.pk,
        kind="nida",
        file=a_pdf(),
        expires_on=clock.today() + timedelta(days=900),
        actor=owner_actor(application),
    )
    assert hold_for_documents() == "0 held, 0 freed", "nobody has looked at it yet"
    review_document(document_id=new.pk, accept=True, actor=staff_actor())
    assert hold_for_documents() == "0 held, 1 freed"

    deliver_all()
    assert Message.objects.filter(code="papers_accepted", user=application.applicant_id).exists()
    assert balance_of(seller_reference=seller.reference).on_hold_minor == 0
    assert broken_invariants() == []


def test_each_line_says_when_and_why():
    part = a_delivered_part()
    earning = Earning.objects.get(seller_order=part)
    hold_earning(seller_order_id=part.pk, reason="police", actor=staff_actor())
    hold_earning(seller_order_id=part.pk, reason="DSP", actor=staff_actor(), dispute="DSP-1")

    (row,) = earnings_of(seller_id=part.seller_id)
    reasons = reasons_of(row, of_seller=holds_of(seller_id=part.seller_id))

    assert [one.code for one in reasons] == ["risk", "dispute"]
    assert "police" not in "".join(str(one.text) for one in reasons), "suspicions are ours to read"
    for dispute in ("", "DSP-1"):
        unhold_earning(seller_order_id=part.pk, actor=staff_actor(), dispute=dispute)
    (row,) = earnings_of(seller_id=part.seller_id)
    (reason,) = reasons_of(row)
    assert (reason.code, reason.release_at) == ("hold_period", earning.release_at)
    assert Hold.objects.filter(freed_at__isnull=True).count() == 0

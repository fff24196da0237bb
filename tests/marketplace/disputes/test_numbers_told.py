"""A number that a side tells us on the phone: ours to write down, theirs as evidence."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from marketplace.disputes.checklist import checklist
from marketplace.disputes.commands import post_message, take_down_number, withdraw_dispute
from marketplace.disputes.errors import (
    DisputeClosed,
    ImeiMistyped,
    NotAParty,
    NothingShown,
    NumberRepeated,
    TooMuchEvidence,
)
from marketplace.disputes.models import Dispute, Evidence
from marketplace.disputes.queries import thread
from marketplace.disputes.states import DisputeReason, Party
from marketplace.notifications.commands import sync_templates
from marketplace.notifications.models import Message
from marketplace.sellers.queries import owner_of
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.sellers import seller_actor

pytestmark = pytest.mark.django_db
IMEI = "356938035643809"


@pytest.fixture
def dispute() -> Dispute:
    """The seller is to answer."""
    return an_open_dispute(reason=DisputeReason.COUNTERFEIT)


def told(dispute: Dispute, actor: Actor | None = None, **what: str) -> Evidence:
    what = {"party": Party.SELLER, "number_kind": "imei", "number": IMEI, **what}
    return take_down_number(dispute_id=dispute.pk, actor=actor or staff_actor(), **what)


def told_of(code: str) -> set[str]:
    return {str(one.user_id) for one in Message.objects.filter(code=code)}


def test_it_ticks_the_item_of_whoever_told_it_names_who_wrote_it_and_is_their_answer(dispute):
    sync_templates()
    me = staff_actor()

    told(dispute, me, number="35-693803-564380-9", note="By phone, 10:40")
    with clock.at(clock.now() + timedelta(days=1)):
        deliver_all()

    shown = thread(dispute_id=dispute.pk).evidence
    assert [(one.party, one.number, one.is_taken_down) for one in shown] == [("seller", IMEI, True)]
    assert str(shown[0].uploaded_by_id) == me.id
    ticked = [item.party for item in checklist(dispute.reason, shown) if item.is_shown]
    assert ticked == [Party.SELLER]
    dispute.refresh_from_db()
    assert dispute.turn == Party.STAFF
    event = LoggedEvent.objects.get(name="disputes.evidence_added.v1")
    assert (event.actor_id, event.payload["party"]) == (me.id, "seller")
    assert told_of("dispute_number_taken_down") == {str(owner_of(dispute.seller_id))}
    assert told_of("dispute_evidence") == {str(dispute.buyer_id)}


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ({"number": "356938035643808"}, ImeiMistyped),
        ({"number": "  "}, NothingShown),
        ({"party": Party.STAFF}, NotAParty),
    ],
)
def test_it_keeps_the_rules_of_numbers_and_names_the_field(dispute, what, refusal):
    with pytest.raises(refusal) as refused:
        told(dispute, **what)
    assert refused.value.field == ("" if refusal is NotAParty else "number")
    assert not Evidence.objects.exists()


def test_only_we_write_it_down_once_for_each_side_and_while_the_case_may_be_spoken_in(
    dispute, monkeypatch
):
    for side in (seller_actor(dispute.seller_id), Actor.buyer(dispute.buyer_id)):
        with pytest.raises(NotAParty):
            told(dispute, side)
    told(dispute)
    with pytest.raises(NumberRepeated):
        told(dispute)
    told(dispute, party=Party.BUYER)
    monkeypatch.setattr("marketplace.disputes.commands.evidence.EVIDENCE_PER_SIDE_MAX", 1)
    with pytest.raises(TooMuchEvidence):
        told(dispute, number="490154203237518")
    withdraw_dispute(dispute_id=dispute.pk, actor=Actor.buyer(dispute.buyer_id))
    with pytest.raises(DisputeClosed):
        told(dispute)


def test_the_side_that_is_not_asked_leaves_the_turn_where_it_is(dispute):
    told(dispute, party=Party.BUYER)

    dispute.refresh_from_db()
    assert dispute.turn == Party.SELLER
    post_message(dispute_id=dispute.pk, body="x", actor=seller_actor(dispute.seller_id))
    dispute.refresh_from_db()
    assert dispute.turn == Party.STAFF


def test_the_database_keeps_what_is_written_down_to_numbers_of_a_side(dispute):
    number = {"kind": "serial", "number_kind": "imei", "number": IMEI, "is_taken_down": True}
    row = told(dispute)
    with pytest.raises(IntegrityError, match="evidence_taken_down_for_a_side"):
        Evidence.objects.create(
            dispute=dispute,
            party=Party.STAFF,
            uploaded_by=row.uploaded_by,
            uploaded_at=row.uploaded_at,
            **number,
        )

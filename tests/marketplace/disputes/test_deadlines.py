"""Each side has its time; one clock runs at once, and silence has its price."""

from datetime import datetime, timedelta

import pytest
import time_machine

from marketplace.casework.commands import set_queue_time
from marketplace.casework.states import QueueName
from marketplace.disputes.commands import add_evidence, mind_deadlines, post_message
from marketplace.disputes.errors import AskedInSecret, NotAParty
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DisputeOutcome, DisputeStatus, Fault, Party
from marketplace.notifications.commands import sync_templates
from marketplace.notifications.models import Message
from marketplace.payments.models import Refund
from marketplace.payouts.models import Earning
from marketplace.payouts.states import EarningStatus
from marketplace.shared.actors import Actor
from marketplace.shared.clock import EAT
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.files import a_pdf
from tests.factories.sellers import seller_actor
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
# A Monday with working days on either side.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=EAT)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def dispute():
    with time_machine.travel(MONDAY, tick=False):
        yield an_open_dispute()


def at(instant):
    return time_machine.travel(instant, tick=False)


def asked(dispute: Dispute, party: Party) -> None:
    post_message(dispute_id=dispute.pk, body="A photo, please.", ask=party, actor=staff_actor())


def as_it_is(dispute: Dispute) -> Dispute:
    dispute.refresh_from_db()
    return dispute


def told(code: str) -> set[str]:
    sync_templates()
    with at(MONDAY + 30 * DAY):  # When everything is due.
        deliver_all()
    return {str(one) for one in Message.objects.filter(code=code).values_list("user_id", flat=True)}


def test_a_new_case_is_the_sellers_for_two_working_days(dispute):
    assert (dispute.turn, dispute.due_at) == (Party.SELLER, MONDAY + 2 * DAY)


@pytest.mark.parametrize("way", ["message", "evidence"])
def test_the_seller_answers_and_the_case_is_ours(dispute, way):
    actor = seller_actor(dispute.seller_id)
    with at(MONDAY + DAY):
        if way == "message":
            post_message(dispute_id=dispute.pk, body="It was whole.", actor=actor)
        else:
            add_evidence(dispute_id=dispute.pk, file=a_pdf(), kind="packing", actor=actor)

    assert as_it_is(dispute).turn == Party.STAFF
    assert dispute.due_at == MONDAY + 4 * DAY
    assert dispute.silent == ""


def test_who_is_not_asked_keeps_no_clock_by_speaking(dispute):
    buyer = Actor.buyer(dispute.buyer_id)

    post_message(dispute_id=dispute.pk, body="Hello?", actor=buyer)

    assert (as_it_is(dispute).turn, dispute.due_at) == (Party.SELLER, MONDAY + 2 * DAY)


def test_our_clock_stands_still_while_the_buyer_is_asked(dispute):
    with at(MONDAY + HOUR):
        post_message(dispute_id=dispute.pk, body="Fine.", actor=seller_actor(dispute.seller_id))
    with at(MONDAY + DAY + HOUR):  # One of our three days is gone.
        asked(dispute, Party.BUYER)
    assert as_it_is(dispute).due_at == MONDAY + 4 * DAY + HOUR
    assert told("dispute_your_turn") == {str(dispute.buyer_id)}

    with at(MONDAY + 3 * DAY):
        post_message(dispute_id=dispute.pk, body="Here.", actor=Actor.buyer(dispute.buyer_id))

    # Two days are left: Thursday and Friday, then a weekend.
    assert as_it_is(dispute).turn == Party.STAFF
    assert dispute.due_at == MONDAY + 7 * DAY


def test_only_we_ask_and_not_in_secret(dispute):
    with pytest.raises(NotAParty):
        post_message(
            dispute_id=dispute.pk, body="You!", ask="seller", actor=Actor.buyer(dispute.buyer_id)
        )
    with pytest.raises(AskedInSecret):
        post_message(
            dispute_id=dispute.pk, body="Psst", ask="buyer", is_internal=True, actor=staff_actor()
        )
    assert as_it_is(dispute).turn == Party.SELLER


def test_a_silent_seller_loses_the_word_and_both_are_told(dispute):
    with at(MONDAY + 2 * DAY - HOUR):
        assert mind_deadlines() == 0
    with at(MONDAY + 2 * DAY + HOUR):
        assert mind_deadlines() == 1
        assert mind_deadlines() == 0

    assert as_it_is(dispute).turn == Party.STAFF
    assert dispute.silent == Party.SELLER
    assert dispute.status == DisputeStatus.OPEN
    assert len(told("dispute_seller_silent")) == 2


def test_a_silent_buyers_case_is_closed_as_declined_and_the_money_goes_on(dispute):
    with at(MONDAY + HOUR):
        asked(dispute, Party.BUYER)
    with at(MONDAY + 3 * DAY + 2 * HOUR):
        assert mind_deadlines() == 1

    assert as_it_is(dispute).status == DisputeStatus.RESOLVED
    assert (dispute.outcome, dispute.fault) == (DisputeOutcome.DECLINED, Fault.BUYER)
    assert dispute.silent == Party.BUYER
    assert not Refund.objects.exists()
    earning = Earning.objects.get(seller_order=dispute.seller_order)
    assert earning.status == EarningStatus.PENDING
    assert len(told("dispute_buyer_silent")) == 2
    assert broken_invariants() == []


def test_our_own_lateness_is_noted_once_and_told_to_nobody_outside(dispute):
    with at(MONDAY + HOUR):
        post_message(dispute_id=dispute.pk, body="Fine.", actor=seller_actor(dispute.seller_id))
    with at(MONDAY + 4 * DAY):
        assert [mind_deadlines(), mind_deadlines()] == [1, 0]

    silent = LoggedEvent.objects.get(name="disputes.side_silent.v1")
    assert silent.payload["party"] == Party.STAFF
    assert as_it_is(dispute).escalated_at
    assert told("dispute_seller_silent") == told("dispute_buyer_silent") == set()


def test_the_times_are_settings(dispute):
    set_queue_time(queue=QueueName.DISPUTE_BUYER, hours=24, reason="Shorter.", actor=staff_actor())

    asked(dispute, Party.BUYER)

    assert as_it_is(dispute).due_at == MONDAY + DAY


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_close_a_case_once():
    with time_machine.travel(MONDAY, tick=False):
        dispute = an_open_dispute()
        asked(dispute, Party.BUYER)

    done = at_once(mind_deadlines, mind_deadlines)

    assert sorted(done) == [0, 1]
    assert LoggedEvent.objects.filter(name="disputes.side_silent.v1").count() == 1

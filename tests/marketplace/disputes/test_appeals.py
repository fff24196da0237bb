"""A decided case is looked at once more, by somebody else, and no shilling is lost or made by it."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.casework.queries import allowed_in
from marketplace.casework.states import QueueName
from marketplace.disputes.commands import (
    add_evidence,
    appeal_outcomes,
    appeals,
    approve_decision,
    assign_dispute,
    decide_appeal,
    mind_deadlines,
    post_message,
    propose_amount,
    reject_decision,
    withdraw_dispute,
)
from marketplace.disputes.errors import (
    AppealedAlready,
    AppealTooLate,
    DeciderAgain,
    DisputeClosed,
    NoSecondPersonAsked,
    NotAppealable,
    NotAppealed,
    NoteMissing,
    NotYourLoss,
)
from marketplace.disputes.models import Appeal, Dispute
from marketplace.notifications.models import Message
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import refund_seller_order, settle_attempt
from marketplace.payments.errors import RefundTooLarge
from marketplace.payments.models import Attempt
from marketplace.payments.ports import Answer, Outcome
from marketplace.payouts.models import Earning
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.files import a_pdf
from tests.factories.orders import a_delivered_part
from tests.factories.sellers import seller_actor
from tests.marketplace.disputes.appeals import (
    DECLINED,
    FULL,
    HALF,
    a_decided_case,
    an_appeal,
    buyer_of,
    decide,
    owed_to_buyer,
    sellers,
)
from tests.processes import dwell, unguarded_moves, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


# --- Appealing ---


def test_the_side_that_lost_has_another_look_while_the_money_is_frozen_again():
    part = a_delivered_part()
    dispute = a_decided_case(part, **DECLINED)
    assert Earning.objects.get(seller_order=part).status == "pending"

    an_appeal(dispute)

    assert (dispute.status, dispute.turn, dispute.outcome) == ("appealed", "staff", "declined")
    assert dispute.due_at - clock.now() > allowed_in(QueueName.DISPUTE_STAFF)
    assert Earning.objects.get(seller_order=part).status == "on_hold"
    told = Message.objects.filter(code="dispute_appealed")
    assert told.values("user").distinct().count() == 2
    assert broken_invariants() == []


def test_both_sides_speak_and_show_again_but_neither_withdraws_nor_proposes():
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **DECLINED))
    buyer, seller = buyer_of(dispute), seller_actor(part.seller_id)

    post_message(dispute_id=dispute.pk, body="Here.", actor=buyer)
    add_evidence(dispute_id=dispute.pk, file=a_pdf(), kind="unboxing", actor=buyer)
    post_message(dispute_id=dispute.pk, body="I packed it well.", actor=seller)

    for refused_act in (
        lambda: withdraw_dispute(dispute_id=dispute.pk, actor=buyer),
        lambda: propose_amount(dispute_id=dispute.pk, amount_minor=100, actor=buyer),
    ):
        with pytest.raises(DisputeClosed):
            refused_act()


@pytest.mark.parametrize(
    ("decision", "party", "may"),
    [
        (DECLINED, "buyer", True),
        (DECLINED, "seller", False),
        (FULL, "buyer", False),
        (FULL, "seller", True),
        (HALF, "buyer", True),
        (HALF, "seller", True),
        ({"outcome": "refund_full", "fault": "carrier"}, "seller", False),
        ({"outcome": "replacement", "fault": "seller"}, "seller", True),
    ],
)
def test_only_who_lost_something_appeals(decision, party, may):
    part = a_delivered_part()
    dispute = a_decided_case(part, **decision)
    actor = buyer_of(dispute) if party == "buyer" else seller_actor(part.seller_id)

    if may:
        assert an_appeal(dispute, actor).status == "appealed"
        return
    with pytest.raises(NotYourLoss):
        an_appeal(dispute, actor)


def test_an_appeal_has_its_time_and_comes_once(settings):
    dispute = a_decided_case(**DECLINED)
    settings.DISPUTE_APPEAL_DAYS = 0
    with pytest.raises(NotAppealable):
        an_appeal(dispute)
    settings.DISPUTE_APPEAL_DAYS = 5
    with clock.at(clock.now() + timedelta(days=30)), pytest.raises(AppealTooLate):
        an_appeal(dispute)

    an_appeal(dispute)
    with pytest.raises(AppealedAlready):
        an_appeal(dispute)
    decide(dispute)
    with pytest.raises(AppealedAlready):
        an_appeal(dispute)


def test_what_the_sides_agreed_or_the_buyer_withdrew_is_not_appealed():
    dispute = an_open_dispute()
    withdraw_dispute(dispute_id=dispute.pk, actor=buyer_of(dispute))

    with pytest.raises(NotAppealable):
        an_appeal(dispute)


def test_what_the_system_declined_because_nobody_answered_may_be_appealed_and_decided_by_anybody():
    dispute = an_open_dispute()
    Dispute.objects.filter(pk=dispute.pk).update(turn="buyer", due_at=clock.now())
    mind_deadlines()
    dispute.refresh_from_db()
    assert dispute.decided_by_id is None

    an_appeal(dispute)

    assert decide(dispute, **HALF).status == "changed"
    assert broken_invariants() == []


# --- Who decides ---


def test_who_decided_neither_takes_nor_decides_the_appeal():
    decider = staff_actor()
    dispute = an_appeal(a_decided_case(by=decider, **DECLINED))

    for decision in ({}, FULL):
        with pytest.raises(DeciderAgain):
            decide(dispute, decider, **decision)
    with pytest.raises(DeciderAgain):
        assign_dispute(dispute_id=dispute.pk, assignee_id=decider.user_id, actor=staff_actor())
    with pytest.raises(NoteMissing):
        decide_appeal(dispute_id=dispute.pk, note=" ", actor=staff_actor())
    assert decide(dispute).status == "upheld"


def test_a_case_that_nobody_appealed_has_no_appeal_to_decide():
    with pytest.raises(NotAppealed):
        decide(a_decided_case(**DECLINED))


def test_an_upheld_decision_moves_nothing_and_lets_the_money_go():
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **HALF))
    before = sellers(part), owed_to_buyer(part)

    appeal = decide(dispute)

    assert (appeal.status, dispute.status, dispute.outcome) == (
        "upheld",
        "resolved",
        "refund_partial",
    )
    assert (sellers(part), owed_to_buyer(part)) == before
    assert Earning.objects.get(seller_order=part).status == "pending"
    told = Message.objects.filter(code="appeal_decided")
    assert told.values("user").distinct().count() == 2
    assert broken_invariants() == []


# --- The second person ---


def test_a_costly_change_waits_for_a_third_person_and_moves_nothing_before(settings):
    settings.REFUND_APPROVAL_MINOR = 600_000
    part, second = a_delivered_part(), staff_actor()
    dispute = an_appeal(a_decided_case(part, **HALF))
    before = sellers(part), owed_to_buyer(part)

    appeal = decide(dispute, second, **FULL)

    assert (appeal.status, dispute.status) == ("waiting", "approval")
    assert (sellers(part), owed_to_buyer(part)) == before
    assert broken_invariants() == []
    with pytest.raises(FourEyes):
        approve_decision(dispute_id=dispute.pk, actor=second)
    with pytest.raises(FourEyes):
        reject_decision(dispute_id=dispute.pk, reason="No", actor=second)

    approve_decision(dispute_id=dispute.pk, actor=staff_actor())
    deliver_all()

    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == ("resolved", "refund_full")
    assert owed_to_buyer(part) == part.gross_minor
    assert Appeal.objects.get().status == "changed"
    with pytest.raises(NoSecondPersonAsked):
        approve_decision(dispute_id=dispute.pk, actor=staff_actor())
    assert broken_invariants() == []


def test_what_the_third_person_rejects_is_open_for_another_decision(settings):
    settings.REFUND_APPROVAL_MINOR = 600_000
    dispute = an_appeal(a_decided_case(**HALF))
    decide(dispute, **FULL)

    reject_decision(dispute_id=dispute.pk, reason="Too much.", actor=staff_actor())

    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == ("appealed", "refund_partial")
    assert Appeal.objects.get().decided_by_id is None
    assert decide(dispute).status == "upheld"
    assert broken_invariants() == []


def test_an_approval_gives_no_more_than_is_left_by_then(settings):
    settings.REFUND_APPROVAL_MINOR = 600_000
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **HALF))
    decide(dispute, **FULL)
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=100_000,
        reason="price_adjusted",
        cause="meanwhile",
        actor=SYSTEM,
    )

    with pytest.raises(RefundTooLarge):
        approve_decision(dispute_id=dispute.pk, actor=staff_actor())

    assert Appeal.objects.get().status == "waiting"


# --- Beside it ---


@pytest.mark.parametrize("is_waiting", [False, True])
def test_a_reversal_by_the_provider_overtakes_the_appeal_and_is_a_case_of_its_own(
    settings, is_waiting
):
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **DECLINED))
    if is_waiting:
        settings.REFUND_APPROVAL_MINOR = 100
        decide(dispute, **FULL)

    settle_attempt(
        attempt_id=Attempt.objects.get(intent__order_id=part.order_id, is_applied=True).pk,
        answer=Answer(Outcome.SUCCEEDED, is_reversed=True),
        actor=Actor.provider("mpesa"),
    )
    deliver_all()

    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == ("resolved", "declined")
    assert Appeal.objects.get().status == "dropped"
    case = Dispute.objects.exclude(pk=dispute.pk).get()
    assert (case.origin, case.status) == ("provider", "open")
    assert broken_invariants() == []


def test_nobody_loses_an_appeal_by_silence_and_our_own_lateness_is_noted():
    dispute = an_appeal(a_decided_case(**DECLINED))
    post_message(dispute_id=dispute.pk, body="A photo?", ask="buyer", actor=staff_actor())

    with clock.at(clock.now() + timedelta(days=60)):
        mind_deadlines()
        dispute.refresh_from_db()
        assert (dispute.status, dispute.turn, dispute.silent) == ("appealed", "staff", "buyer")
    with clock.at(clock.now() + timedelta(days=120)):
        mind_deadlines()

    dispute.refresh_from_db()
    assert dispute.escalated_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_an_appeal_at_once_one_does(monkeypatch):
    part, answers = _decided_at_once(monkeypatch)

    assert len(refused(answers)) == 1
    assert owed_to_buyer(part) == part.gross_minor
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_without_its_locks_and_steps_both_would(monkeypatch):
    """The control: what the test above would see if nothing guarded the decision."""
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, appeal_outcomes)

    _part, answers = _decided_at_once(monkeypatch)

    assert refused(answers) == []


def _decided_at_once(monkeypatch: pytest.MonkeyPatch) -> tuple[SellerOrder, list[Any]]:
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **DECLINED))
    people = [staff_actor(), staff_actor()]
    dwell(monkeypatch, appeals, "locked")
    answers = at_once(
        *(
            lambda actor=actor: decide_appeal(
                dispute_id=dispute.pk, note="Mine.", actor=actor, **FULL
            )
            for actor in people
        )
    )
    deliver_all()
    return part, answers

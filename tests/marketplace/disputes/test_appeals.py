"""A decided case is looked at once more, by somebody else, and no shilling is lost or made by it."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from marketplace.casework.queries import allowed_in
from marketplace.casework.states import QueueName
from marketplace.disputes.commands import (
    add_evidence,
    appeal_dispute,
    appeal_outcomes,
    approve_decision,
    assign_dispute,
    decide_appeal,
    mind_deadlines,
    planned,
    post_message,
    propose_amount,
    reject_decision,
    resolve_dispute,
    withdraw_dispute,
)
from marketplace.disputes.errors import (
    AppealedAlready,
    AppealTooLate,
    DeciderAgain,
    DisputeClosed,
    EffectChanged,
    NoSecondPersonAsked,
    NotAppealable,
    NotAppealed,
    NoteMissing,
    NotYourLoss,
)
from marketplace.disputes.models import Appeal, Dispute
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.notifications.models import Message
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import refund_seller_order, settle_attempt
from marketplace.payments.errors import RefundTooLarge
from marketplace.payments.models import Attempt, Refund, RefundPart
from marketplace.payments.ports import Answer, Outcome
from marketplace.payouts.models import Earning
from marketplace.payouts.queries import balance_of
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes
from tests.deliveries import deliver_all
from tests.factories.accounts import SYSTEM, staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.files import a_pdf
from tests.factories.orders import a_delivered_part
from tests.factories.payouts import a_ripe_part
from tests.factories.sellers import seller_actor
from tests.processes import unguarded_moves, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
FULL: dict[str, Any] = {"outcome": "refund_full", "fault": "seller"}
DECLINED: dict[str, Any] = {"outcome": "declined", "fault": "buyer"}
HALF: dict[str, Any] = {"outcome": "refund_partial", "fault": "seller", "refund_minor": 500_000}


def a_decided_case(
    part: SellerOrder | None = None, *, by: Actor | None = None, **decision: Any
) -> Dispute:
    dispute = an_open_dispute(part)
    resolve_dispute(
        dispute_id=dispute.pk, note="As I see it.", actor=by or staff_actor(), **decision
    )
    deliver_all()
    dispute.refresh_from_db()
    return dispute


def buyer_of(dispute: Dispute) -> Actor:
    return Actor.buyer(dispute.buyer_id)


def an_appeal(dispute: Dispute, actor: Actor | None = None) -> Dispute:
    actor = actor or buyer_of(dispute)
    appeal_dispute(dispute_id=dispute.pk, reason="Look at the video.", actor=actor)
    deliver_all()
    dispute.refresh_from_db()
    return dispute


def decide(dispute: Dispute, actor: Actor | None = None, **decision: Any) -> Appeal:
    actor = actor or staff_actor()
    appeal = decide_appeal(dispute_id=dispute.pk, note="Seen anew.", actor=actor, **decision)
    deliver_all()
    dispute.refresh_from_db()
    return appeal


def sellers(part: SellerOrder) -> int:
    """All that the seller has, wherever it lies."""
    left = balance_of(seller_reference=part.seller.reference)
    return left.pending_minor + left.available_minor + left.on_hold_minor


def goodwill(part: SellerOrder) -> int:
    return balance(account=chart.GOODWILL, reference=part.reference)


def owed_to_buyer(part: SellerOrder) -> int:
    return -balance(account=chart.REFUNDS_CLEARING, reference=part.reference)


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


# --- What a changed decision moves ---


def test_a_buyer_who_wins_the_appeal_gets_the_rest_and_no_more_than_was_paid():
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **HALF))

    appeal = decide(dispute, **FULL)

    assert appeal.extra_minor == part.gross_minor - 500_000
    assert owed_to_buyer(part) == part.gross_minor
    assert (sellers(part), goodwill(part)) == (0, 0)
    assert dispute.refunded_minor == part.gross_minor
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == part.gross_minor
    assert broken_invariants() == []


def test_a_seller_who_wins_the_appeal_is_made_whole_and_the_buyer_keeps_what_they_have():
    part = a_delivered_part()
    dispute = a_decided_case(part, **FULL)
    assert Earning.objects.get(seller_order=part).status == "cancelled"
    an_appeal(dispute, seller_actor(part.seller_id))

    appeal = decide(dispute, **DECLINED)

    assert (appeal.kept_minor, appeal.extra_minor) == (part.gross_minor, 0)
    assert sellers(part) == part.net_minor
    assert goodwill(part) == part.gross_minor
    assert owed_to_buyer(part) == part.gross_minor
    assert Earning.objects.get(seller_order=part).status == "pending"
    assert balance(account=chart.COMMISSION_REVENUE) == -part.commission_minor
    assert Refund.objects.count() == 1
    assert broken_invariants() == []


def test_what_the_seller_was_given_back_can_be_paid_out():
    part = a_ripe_part()
    with clock.at(clock.now() + timedelta(days=9)):
        dispute = a_decided_case(part, **FULL)
        an_appeal(dispute, seller_actor(part.seller_id))

        decide(dispute, **DECLINED)

    assert Earning.objects.get(seller_order=part).status == "available"
    assert balance_of(seller_reference=part.seller.reference).available_minor == part.net_minor
    assert broken_invariants() == []


def test_a_fault_found_elsewhere_changes_who_pays_and_nothing_for_the_buyer():
    part = a_delivered_part()
    dispute = a_decided_case(part, **FULL)
    an_appeal(dispute, seller_actor(part.seller_id))

    appeal = decide(dispute, outcome="refund_full", fault="carrier")

    assert (appeal.extra_minor, appeal.kept_minor) == (0, 0)
    assert (sellers(part), goodwill(part)) == (part.net_minor, part.gross_minor)
    assert dispute.fault == "carrier"
    assert broken_invariants() == []


def test_what_was_ours_becomes_the_sellers_where_the_appeal_finds_them_at_fault():
    part = a_delivered_part()
    dispute = a_decided_case(part, outcome="refund_partial", fault="carrier", refund_minor=500_000)
    assert goodwill(part) == 500_000
    an_appeal(dispute)

    decide(dispute, outcome="refund_partial", fault="seller", refund_minor=700_000)

    assert goodwill(part) == 0
    assert owed_to_buyer(part) == 700_000
    given = RefundPart.objects.filter(seller_order=part)
    assert sellers(part) == part.net_minor - sum(given.values_list("seller_minor", flat=True))
    assert broken_invariants() == []


EVERY = [
    FULL,
    HALF,
    DECLINED,
    {"outcome": "refund_full", "fault": "carrier"},
    {"outcome": "goodwill", "fault": "seller", "refund_minor": 300_000},
    {"outcome": "replacement", "fault": "seller"},
]


@pytest.mark.parametrize(("first", "second"), list(product(EVERY, EVERY)))
def test_every_change_of_every_decision_keeps_the_books_and_shows_what_it_books(first, second):
    part = a_delivered_part()
    dispute = a_decided_case(part, **first)
    is_buyers = dispute.refunded_minor < dispute.claimed_minor
    an_appeal(dispute, buyer_of(dispute) if is_buyers else _any_side(dispute, part))
    effect = planned(dispute, **second)
    before = sellers(part), goodwill(part), owed_to_buyer(part)

    decide(dispute, **second, seen=effect.seal)

    after = sellers(part), goodwill(part), owed_to_buyer(part)
    assert after[0] - before[0] == -effect.seller_minor
    assert after[1] - before[1] == effect.goodwill_minor
    assert after[2] - before[2] == effect.extra_minor
    assert after[2] <= part.gross_minor
    assert effect.seller_minor + effect.goodwill_minor + effect.commission_minor == (
        effect.extra_minor
    )
    assert broken_invariants() == []


def _any_side(dispute: Dispute, part: SellerOrder) -> Actor:
    """The seller; where they lost nothing, the buyer, who asked for more than they got."""
    if dispute.fault == "seller" or dispute.outcome == "replacement":
        return seller_actor(part.seller_id)
    Dispute.objects.filter(pk=dispute.pk).update(claimed_minor=dispute.refunded_minor + 100)
    return buyer_of(dispute)


def test_nothing_is_booked_but_what_was_shown():
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **DECLINED))
    shown = planned(dispute, **FULL).seal
    refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=100_000,
        reason="price_adjusted",
        cause="meanwhile",
        actor=SYSTEM,
    )

    with pytest.raises(EffectChanged):
        decide(dispute, **FULL, seen=shown)

    assert Appeal.objects.get().status == "open"


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
def test_of_two_who_decide_an_appeal_at_once_one_does():
    part, answers = _decided_at_once()

    assert len(refused(answers)) == 1
    assert owed_to_buyer(part) == part.gross_minor
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
def test_without_its_locks_and_steps_both_would(monkeypatch):
    """The control: what the test above would see if nothing guarded the decision."""
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, appeal_outcomes)

    _part, answers = _decided_at_once()

    assert refused(answers) == []


def _decided_at_once() -> tuple[SellerOrder, list[Any]]:
    part = a_delivered_part()
    dispute = an_appeal(a_decided_case(part, **DECLINED))
    people = [staff_actor(), staff_actor()]
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

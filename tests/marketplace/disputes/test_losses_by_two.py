"""A large loss that a provider's reversal leaves is accepted by two people, and booked once."""

import pytest

from marketplace.disputes.commands import (
    approve_decision,
    reject_decision,
    resolve_dispute,
)
from marketplace.disputes.states import DisputeStatus
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.shared.four_eyes import FourEyes
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.orders import a_delivered_part
from tests.marketplace.disputes.test_reversals import a_taken_back_case, claimed, decide
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db


def test_a_large_loss_is_accepted_by_two_people_and_not_booked_before(settings):
    settings.REFUND_APPROVAL_MINOR = 100
    part, first = a_delivered_part(), staff_actor()
    dispute = a_taken_back_case(part)

    resolve_dispute(
        dispute_id=dispute.pk,
        outcome="loss_accepted",
        fault="carrier",
        note="Lost on the way.",
        actor=first,
    )

    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.APPROVAL
    assert claimed(part) == part.gross_minor
    assert broken_invariants() == []
    for refused_act in (
        lambda: approve_decision(dispute_id=dispute.pk, actor=first),
        lambda: reject_decision(dispute_id=dispute.pk, reason="No", actor=first),
    ):
        with pytest.raises(FourEyes):
            refused_act()
    approve_decision(dispute_id=dispute.pk, actor=staff_actor())
    deliver_all()
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.RESOLVED
    assert claimed(part) == 0
    assert balance(account=chart.CHARGEBACK_LOSSES) == part.gross_minor
    assert broken_invariants() == []


def test_a_loss_that_the_second_person_rejects_is_to_be_decided_anew(settings):
    settings.REFUND_APPROVAL_MINOR = 100
    part = a_delivered_part()
    dispute = a_taken_back_case(part)
    decide(dispute, outcome="loss_accepted", fault="carrier")

    reject_decision(dispute_id=dispute.pk, reason="Contest it first.", actor=staff_actor())

    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome, dispute.decided_by_id) == ("open", "", None)
    assert claimed(part) == part.gross_minor
    assert broken_invariants() == []

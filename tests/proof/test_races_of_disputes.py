"""Two colleagues who agree to the same decision of a third at the same moment: it is booked once. Each
race has its control, the same one without its locks and guards."""

from functools import partial
from typing import Any

import pytest

from marketplace.disputes.commands import (
    appeal_outcomes,
    approval,
    approve_decision,
    resolve_dispute,
)
from marketplace.disputes.errors import NoSecondPersonAsked
from marketplace.disputes.models import Appeal, Dispute
from marketplace.ledger import chart
from marketplace.ledger.queries import balance
from marketplace.orders.models import SellerOrder
from marketplace.payments.commands import chargebacks
from marketplace.shared.models import LoggedEvent
from tests.deliveries import deliver_all
from tests.factories.accounts import staff_actor
from tests.factories.orders import a_delivered_part
from tests.marketplace.disputes.appeals import (
    FULL,
    HALF,
    a_decided_case,
    an_appeal,
    decide,
    owed_to_buyer,
)
from tests.marketplace.disputes.test_reversals import a_taken_back_case
from tests.processes import dwell, unguarded_moves, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)
type Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _every_decision_needs_two(settings):
    settings.REFUND_APPROVAL_MINOR = 100


def a_loss_to_agree_to() -> tuple[SellerOrder, Dispute]:
    part = a_delivered_part()
    dispute = a_taken_back_case(part)
    resolve_dispute(
        dispute_id=dispute.pk,
        outcome="loss_accepted",
        fault="carrier",
        note="Lost on the way.",
        actor=staff_actor(),
    )
    return part, dispute


def an_appeal_to_agree_to(settings: Any) -> tuple[SellerOrder, Dispute]:
    """Half was given, all of it is decided now."""
    part = a_delivered_part()
    settings.REFUND_APPROVAL_MINOR = 600_000
    dispute = an_appeal(a_decided_case(part, **HALF))
    settings.REFUND_APPROVAL_MINOR = 100
    decide(dispute, **FULL)
    return part, dispute


def two_agree(dispute: Dispute, monkeypatch: Patch) -> list[Any]:
    dwell(monkeypatch, approval, "_for_second_person")
    agree = partial(approve_decision, dispute_id=dispute.pk)
    outcomes = at_once(*(partial(agree, actor=staff_actor()) for _person in range(2)))
    deliver_all()
    return outcomes


def times_told(name: str) -> int:
    return LoggedEvent.objects.filter(name=f"disputes.{name}.v1").count()


def test_of_two_who_agree_to_a_loss_at_once_one_does(monkeypatch):
    part, dispute = a_loss_to_agree_to()

    outcomes = two_agree(dispute, monkeypatch)

    assert [type(error) for error in refused(outcomes)] == [NoSecondPersonAsked]
    assert balance(account=chart.CHARGEBACK_LOSSES) == part.gross_minor
    assert broken_invariants() == []


def test_control_without_locks_and_guards_the_loss_is_booked_twice(monkeypatch):
    part, dispute = a_loss_to_agree_to()
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, approval, chargebacks)
    dwell(monkeypatch, chargebacks, "_locked_open")

    outcomes = two_agree(dispute, monkeypatch)

    assert refused(outcomes) == []
    assert balance(account=chart.CHARGEBACK_LOSSES) == 2 * part.gross_minor


def test_of_two_who_agree_to_a_changed_appeal_at_once_one_does(settings, monkeypatch):
    part, dispute = an_appeal_to_agree_to(settings)

    outcomes = two_agree(dispute, monkeypatch)

    assert [type(error) for error in refused(outcomes)] == [NoSecondPersonAsked]
    assert owed_to_buyer(part) == part.gross_minor
    assert Appeal.objects.get().status == "changed"
    assert times_told("appeal_decided") == 1
    assert broken_invariants() == []


def test_control_without_locks_and_guards_both_have_decided_the_appeal(settings, monkeypatch):
    _part, dispute = an_appeal_to_agree_to(settings)
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, approval, appeal_outcomes)

    outcomes = two_agree(dispute, monkeypatch)

    assert refused(outcomes) == []
    assert times_told("appeal_decided") == 2

"""M16: whoever asked for money to leave never lets it leave, whatever roles the two people have."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest

from backoffice.roles import ROLES
from marketplace.closing.commands import (
    approve_reopening,
    open_months,
    reject_reopening,
    request_reopening,
)
from marketplace.closing.models import Period, Reopening
from marketplace.payments.commands import (
    approve_refund,
    refund_requests,
    refund_seller_order,
    reject_refund,
)
from marketplace.payments.errors import SecondPersonNeeded
from marketplace.payments.states import RefundReason, RefundStatus
from marketplace.payouts.commands import (
    approve_batch,
    approve_top_up,
    batches,
    prepare_batch,
    request_top_up,
    top_ups,
)
from marketplace.payouts.errors import FourEyes, OwnTopUp
from marketplace.payouts.states import BatchStatus
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes as FourEyesOnMonths
from marketplace.shared.models import LoggedEvent
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.orders import a_delivered_part
from tests.factories.payouts import a_requested_top_up, a_ripe_part
from tests.processes import dwell, unguarded_moves, without_row_locks
from tests.proof.tiers import IS_LONG
from tests.threads import at_once
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db
EVERYBODY = [*(role.name for role in ROLES), "superuser"]
OWNER = "superuser"
APPROVERS = 50 if IS_LONG else 6


def people() -> dict[str, Actor]:
    """One of each role, and one who may do everything."""
    found = {name: staff_actor(a_staff_member(name)) for name in EVERYBODY if name != OWNER}
    return found | {OWNER: staff_actor(a_staff_member(is_superuser=True))}


def test_no_role_approves_or_rejects_the_refund_that_it_asked_for(settings):
    settings.REFUND_APPROVAL_MINOR = 0
    staff, part = people(), a_delivered_part()
    for asker, decider in product(EVERYBODY, EVERYBODY):
        refund = a_proposal(part, staff[asker], f"{asker}-{decider}")
        if asker != decider:
            reject_refund(refund_id=refund.pk, reason="No", actor=staff[decider])
            continue
        for decide in (approve_refund, _rejected):
            with pytest.raises(SecondPersonNeeded):
                decide(refund_id=refund.pk, actor=staff[asker])
        refund.refresh_from_db()
        assert refund.status == RefundStatus.PROPOSED
        reject_refund(refund_id=refund.pk, reason="No", actor=staff_actor())


def a_proposal(part: Any, actor: Actor, cause: str) -> Any:
    return refund_seller_order(
        seller_order_id=part.pk,
        amount_minor=100,
        reason=RefundReason.PRICE_ADJUSTED,
        cause=cause,
        actor=actor,
    )


def _rejected(*, refund_id: Any, actor: Actor) -> Any:
    return reject_refund(refund_id=refund_id, reason="No", actor=actor)


@pytest.mark.parametrize("role", EVERYBODY)
def test_no_role_approves_the_payouts_that_it_prepared(role):
    a_ripe_part()
    author = people()[role]
    batch = prepare_batch(actor=author)

    with pytest.raises(FourEyes):
        approve_batch(batch_id=batch.pk, actor=author)

    batch.refresh_from_db()
    assert batch.status == BatchStatus.AWAITING_APPROVAL
    approve_batch(batch_id=batch.pk, actor=staff_actor())


def test_no_role_approves_the_top_up_that_it_asked_for():
    staff = people()
    for asker, decider in product(EVERYBODY, EVERYBODY):
        top_up = request_top_up(
            provider="mpesa",
            amount_minor=100_00,
            bank_reference=f"{asker}-{decider}",
            reason="Payouts are due",
            actor=staff[asker],
        )
        if asker == decider:
            with pytest.raises(OwnTopUp):
                approve_top_up(top_up_id=top_up.pk, actor=staff[asker])
        else:
            approve_top_up(top_up_id=top_up.pk, actor=staff[decider])
        top_up.refresh_from_db()
        assert (top_up.status == "approved") == (asker != decider)


# --- Many who approve at once ---


def a_batch() -> Callable[[Actor], Any]:
    a_ripe_part()
    batch = prepare_batch(actor=staff_actor())
    return lambda actor: approve_batch(batch_id=batch.pk, actor=actor)


def a_refund() -> Callable[[Actor], Any]:
    refund = a_proposal(a_delivered_part(), staff_actor(), "race")
    return lambda actor: approve_refund(refund_id=refund.pk, actor=actor)


def a_transfer() -> Callable[[Actor], Any]:
    top_up = a_requested_top_up()
    return lambda actor: approve_top_up(top_up_id=top_up.pk, actor=actor)


WAITING = {
    "payouts.batch_approved.v1": (a_batch, batches, "_locked"),
    "payments.refund_requested.v1": (a_refund, refund_requests, "locked_refund"),
    "payouts.top_up_approved.v1": (a_transfer, top_ups, "_locked"),
}
each_event = pytest.mark.parametrize("event", WAITING)


def approved_by_many(event: str, monkeypatch: pytest.MonkeyPatch) -> int:
    prepare, module, look = WAITING[event]
    approve = prepare()
    actors = [staff_actor() for _ in range(APPROVERS)]
    dwell(monkeypatch, module, look)
    at_once(*(partial(approve, actor) for actor in actors))
    return LoggedEvent.objects.filter(name=event).count()


@pytest.mark.django_db(transaction=True)
@each_event
def test_of_many_who_approve_at_once_one_has_approved(settings, monkeypatch, event):
    settings.REFUND_APPROVAL_MINOR = 0

    assert approved_by_many(event, monkeypatch) == 1
    assert broken_invariants() == []


@pytest.mark.django_db(transaction=True)
@each_event
def test_control_without_lock_and_guard_many_have(settings, monkeypatch, event):
    settings.REFUND_APPROVAL_MINOR = 0
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, WAITING[event][1])

    assert approved_by_many(event, monkeypatch) > 1


def test_no_role_decides_about_the_reopening_that_it_asked_for():
    staff, period = people(), a_closed_period()
    for asker, decider in product(EVERYBODY, EVERYBODY):
        request_reopening(period_id=period.pk, reason="Mistake", actor=staff[asker])
        if asker == decider:
            with pytest.raises(FourEyesOnMonths):
                approve_reopening(period_id=period.pk, actor=staff[asker])
            with pytest.raises(FourEyesOnMonths):
                reject_reopening(period_id=period.pk, reason="No", actor=staff[asker])
        by = staff_actor() if asker == decider else staff[decider]
        reject_reopening(period_id=period.pk, reason="No", actor=by)
    assert Reopening.objects.filter(status="rejected").count() == len(EVERYBODY) ** 2


def a_closed_period() -> Period:
    """Of a month in which something was posted; how it was closed is no matter here."""
    a_ripe_part()
    open_months()
    Period.objects.update(status="closed")
    return Period.objects.get()

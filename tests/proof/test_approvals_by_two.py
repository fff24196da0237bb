"""M16: whoever asked for money to leave never lets it leave, whatever roles the two people have."""

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
from marketplace.payments.commands import approve_refund, refund_seller_order, reject_refund
from marketplace.payments.errors import SecondPersonNeeded
from marketplace.payments.states import RefundReason, RefundStatus
from marketplace.payouts.commands import approve_batch, prepare_batch
from marketplace.payouts.errors import FourEyes
from marketplace.payouts.states import BatchStatus
from marketplace.shared.actors import Actor
from marketplace.shared.four_eyes import FourEyes as FourEyesOnMonths
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.orders import a_delivered_part
from tests.factories.payouts import a_ripe_part

pytestmark = pytest.mark.django_db
EVERYBODY = [*(role.name for role in ROLES), "superuser"]
OWNER = "superuser"


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

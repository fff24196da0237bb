"""The reason of a case asks each side for its own evidence."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.disputes.checklist import REQUIRED, checklist
from marketplace.disputes.commands import add_evidence, open_dispute
from marketplace.disputes.models import Dispute
from marketplace.disputes.queries import thread
from marketplace.disputes.states import DisputeReason, EvidenceKind, Party
from marketplace.shared.actors import Actor
from marketplace.shared.ids import uuid7
from tests.factories.accounts import staff_actor
from tests.factories.files import a_pdf
from tests.factories.orders import a_delivered_part
from tests.factories.sellers import seller_actor

pytestmark = pytest.mark.django_db


def a_case(reason: DisputeReason = DisputeReason.DAMAGED) -> Dispute:
    part = a_delivered_part()
    return open_dispute(
        seller_order_id=part.pk,
        reason=reason,
        claimed_minor=1_000_000,
        message="The screen is broken.",
        actor=Actor.buyer(part.order.buyer_id),
    )


def shown(dispute: Dispute) -> set[tuple[Party, EvidenceKind]]:
    items = checklist(dispute.reason, thread(dispute_id=dispute.pk).evidence)
    return {(item.party, item.kind) for item in items if item.is_shown}


def test_every_reason_has_its_checklist_and_only_the_parties_are_asked():
    assert set(REQUIRED) == set(DisputeReason)
    for sides in REQUIRED.values():
        assert set(sides) <= {Party.BUYER, Party.SELLER}
        assert all(EvidenceKind.OTHER not in kinds for kinds in sides.values())


def test_what_a_side_shows_ticks_its_own_item():
    dispute = a_case()
    assert shown(dispute) == set()

    add_evidence(
        dispute_id=dispute.pk,
        file=a_pdf(),
        kind=EvidenceKind.GOODS,
        actor=Actor.buyer(dispute.buyer_id),
    )

    assert shown(dispute) == {(Party.BUYER, EvidenceKind.GOODS)}


@pytest.mark.parametrize("by", ["seller", "staff"])
def test_nobody_ticks_an_item_of_another_side(by):
    dispute = a_case(DisputeReason.NOT_AS_DESCRIBED)
    actor = seller_actor(dispute.seller_id) if by == "seller" else staff_actor()

    add_evidence(dispute_id=dispute.pk, file=a_pdf(), kind=EvidenceKind.GOODS, actor=actor)

    assert shown(dispute) == set()


def test_a_file_of_no_stated_kind_ticks_nothing():
    dispute = a_case()

    add_evidence(dispute_id=dispute.pk, file=a_pdf(), actor=Actor.buyer(dispute.buyer_id))

    assert shown(dispute) == set()


def test_a_kind_that_nobody_knows_is_refused_by_the_command_and_by_the_database():
    dispute = a_case()
    buyer = Actor.buyer(dispute.buyer_id)
    with pytest.raises(ValueError, match="selfie"):
        add_evidence(dispute_id=dispute.pk, file=a_pdf(), kind="selfie", actor=buyer)
    shown = add_evidence(dispute_id=dispute.pk, file=a_pdf(), actor=buyer)

    shown.pk, shown.sha256, shown.kind = uuid7(), "", "selfie"
    with pytest.raises(IntegrityError, match="evidence_kind_known"), transaction.atomic():
        shown.save(force_insert=True)

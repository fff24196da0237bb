"""What happens by itself when a side lets its time pass."""

from uuid import UUID

from django.db import transaction

from marketplace.disputes.commands.evidence import show_staged
from marketplace.disputes.commands.resolution import settle
from marketplace.disputes.commands.thread import DISPUTES, end_proposal
from marketplace.disputes.commands.turns import pass_turn
from marketplace.disputes.effects import effect_of
from marketplace.disputes.events import DisputeSideSilent
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import (
    IN_TALKS,
    DisputeOutcome,
    DisputeStatus,
    Fault,
    Party,
    ProposalStatus,
)
from marketplace.orders.queries import seller_order_by_id
from marketplace.payments.commands import locked_shares
from marketplace.shared import clock
from marketplace.shared.outbox import record

PER_SWEEP_MAX = 500
# Both parties read it, in whichever of the two languages they have.
UNANSWERED = "The buyer did not answer in time. / Mnunuzi hakujibu kwa wakati."


def mind_deadlines() -> int:
    """Go on with the cases whose side is late; returns how many. Safe to run twice.

    What a side has prepared by then is submitted for it: that is its answer, it was not silent.
    A silent seller loses the word: the case is ours, and marked. A buyer who leaves a question of
    ours unanswered loses the case; one who leaves a proposal unanswered does not, nor one to whom
    the provider has given the money already; nobody loses an appeal by silence. Our own lateness is
    noted once for each turn; the case stays red in the queue.
    """
    late = Dispute.objects.filter(status__in=IN_TALKS, due_at__lte=clock.now(), escalated_at=None)
    ids = list(late.order_by("due_at").values_list("pk", flat=True)[:PER_SWEEP_MAX])
    return sum(_escalate(dispute_id) for dispute_id in ids)


@transaction.atomic
def _escalate(dispute_id: UUID) -> bool:
    rows = Dispute.objects.select_for_update()
    dispute = rows.filter(pk=dispute_id, status__in=IN_TALKS, escalated_at=None).first()
    if dispute is None or dispute.due_at > clock.now():
        return False  # Somebody acted meanwhile.
    late = Party(dispute.turn)
    if show_staged(dispute, late, actor=DISPUTES, is_automatic=True):
        pass_turn(dispute, Party.STAFF, actor=DISPUTES)
        return True
    is_lost = (
        late == Party.BUYER
        and dispute.status == DisputeStatus.OPEN
        and not dispute.taken_back_minor
        and not dispute.proposals.filter(status=ProposalStatus.OPEN).exists()
    )
    record(DisputeSideSilent(dispute_id=dispute.pk, party=late, is_lost=is_lost), actor=DISPUTES)
    if late == Party.STAFF:
        dispute.escalated_at = clock.now()
        dispute.save(update_fields=["escalated_at"])
        return True
    dispute.silent = late
    dispute.save(update_fields=["silent"])
    if not is_lost:
        end_proposal(dispute, ProposalStatus.ENDED, actor=DISPUTES)
        pass_turn(dispute, Party.STAFF, actor=DISPUTES)
        return True
    left = locked_shares(seller_order_by_id(dispute.seller_order_id))
    effect = effect_of(left, DisputeOutcome.DECLINED, Fault.BUYER)
    settle(dispute, effect, UNANSWERED, actor=DISPUTES)
    return True

"""Whose turn it is in a case, and until when: in working time, and only one clock runs at a time."""

from datetime import datetime, timedelta

from marketplace.casework.queries import allowed_in
from marketplace.casework.states import QueueName
from marketplace.disputes.events import DisputeTurnPassed
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DisputeStatus, Party
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record
from marketplace.shared.workdays import after_working_time, working_time

TIMES = {
    Party.SELLER: QueueName.DISPUTE_SELLER,
    Party.BUYER: QueueName.DISPUTE_BUYER,
    Party.STAFF: QueueName.DISPUTE_STAFF,
}


def due_for(
    party: Party, *, since: datetime, spent_s: int = 0, is_appeal: bool = False
) -> datetime:
    """When a side that is to act from `since` on is late; `spent_s` of its time is gone already.

    Our own time for an appeal is another one than for a first decision.
    """
    is_ours = is_appeal and party == Party.STAFF
    queue = QueueName.DISPUTE_APPEAL if is_ours else TIMES[party]
    left = max(allowed_in(queue) - timedelta(seconds=spent_s), timedelta())
    return after_working_time(since, left)


def pass_turn(dispute: Dispute, party: Party, *, actor: Actor) -> None:
    """From now on `party` is to act, in a locked case. Our own clock goes on where it stood."""
    now, before = clock.now(), dispute.turn
    if before == Party.STAFF and dispute.turn_since is not None:
        dispute.staff_spent_s += int(working_time(dispute.turn_since, now).total_seconds())
    spent_s = dispute.staff_spent_s if party == Party.STAFF else 0
    dispute.turn, dispute.turn_since, dispute.escalated_at = party, now, None
    is_appeal = dispute.status == DisputeStatus.APPEALED
    dispute.due_at = due_for(party, since=now, spent_s=spent_s, is_appeal=is_appeal)
    dispute.save(update_fields=["turn", "turn_since", "staff_spent_s", "escalated_at", "due_at"])
    record(
        DisputeTurnPassed(dispute_id=dispute.pk, party=party, due_at=dispute.due_at.isoformat()),
        actor=actor,
        before={"turn": before},
        after={"turn": party.value},
    )


def answered(dispute: Dispute, party: Party, *, actor: Actor) -> None:
    """A side did what it was asked for: the case is ours again."""
    if dispute.turn == party != Party.STAFF:
        pass_turn(dispute, Party.STAFF, actor=actor)

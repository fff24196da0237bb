"""Until when a decided case may be appealed. Pure, besides the rule of the house."""

from datetime import datetime, timedelta

from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DisputeStatus, Fault
from marketplace.rules.queries import value_of
from marketplace.rules.states import RuleName
from marketplace.shared.workdays import after_working_time


def appeal_ends(dispute: Dispute) -> datetime | None:
    """The instant until which the side that lost may appeal; None where that is not possible.

    What the sides agreed, the buyer withdrew, or a provider took back is not for us to change.
    """
    days = value_of(RuleName.APPEAL_WINDOW)
    is_ours = dispute.fault != Fault.NOBODY and not dispute.taken_back_minor
    if dispute.status != DisputeStatus.RESOLVED or dispute.closed_at is None or not is_ours:
        return None
    return after_working_time(dispute.closed_at, timedelta(days=days)) if days else None

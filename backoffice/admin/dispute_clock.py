"""Whose turn it is in a dispute and how much time that side has left, in words."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.disputes.models import Dispute
from marketplace.disputes.states import IN_TALKS, DisputeStatus, Party
from marketplace.shared import clock
from marketplace.shared.workdays import working_time

HOUR_S, DAY_HOURS = 3600, 24


def whose_turn(dispute: Dispute) -> Any:
    """The side that is to act; marked in an appeal, where a colleague is to agree, and where the seller
    gave no answer. Settled cases wait for nobody."""
    if dispute.status == DisputeStatus.APPROVAL:
        return _("a second person")
    if dispute.status not in IN_TALKS:
        return ""
    turn = _("the provider") if _waits_for_provider(dispute) else dispute.get_turn_display()
    if dispute.status == DisputeStatus.APPEALED:
        turn = format_html('{} <span class="zt-lesser">{}</span>', turn, _("appeal"))
    if dispute.silent != Party.SELLER:
        return turn
    return format_html('{} <span class="zt-lesser zt-late">{}</span>', turn, _("seller silent"))


def _waits_for_provider(dispute: Dispute) -> bool:
    return dispute.contested_at is not None and dispute.turn == Party.STAFF


def time_left(dispute: Dispute) -> Any:
    """In working days and hours, such as "1 working day 5 h left"; how late it is in red."""
    if dispute.status not in IN_TALKS:
        return ""
    now = clock.now()
    is_late = dispute.due_at < now
    spans = (dispute.due_at, now) if is_late else (now, dispute.due_at)
    days, hours = divmod(int(working_time(*spans).total_seconds()) // HOUR_S, DAY_HOURS)
    words = ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
    rest = _("%(hours)s h") % {"hours": hours}
    span = f"{words} {rest}" if days and hours else words if days else rest
    said = _("late by %(span)s") if is_late else _("%(span)s left")
    return format_html(
        '<span class="{}">{}</span>', "zt-late" if is_late else "", said % {"span": span}
    )

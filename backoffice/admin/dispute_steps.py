"""Who does what next in a dispute, and what comes of silence: for whoever reads a case for the first time."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from backoffice.admin.dispute_appeal import is_deciders_own, waits_for_colleague
from backoffice.admin.dispute_work import HANDLE, RESOLVE
from backoffice.pages.display import moment, reference_link
from backoffice.roles import who_may
from marketplace.disputes.models import Dispute
from marketplace.disputes.states import DisputeStatus, Party


def next_step(request: HttpRequest, dispute: Dispute, *, is_proposed: bool) -> Any:
    """`is_proposed`: a proposal waits for its answer. Nothing once it is settled."""
    if dispute.status == DisputeStatus.OPEN:
        return _in_talks(request, dispute, is_proposed)
    if dispute.status == DisputeStatus.APPEALED:
        return _in_appeal(request, dispute)
    if dispute.status == DisputeStatus.APPROVAL and not waits_for_colleague(dispute):
        text = _("A second person approves the refund; then the case is closed:")
        return format_html("{} {}", text, reference_link(dispute.refund_reference))
    return ""


def _in_talks(request: HttpRequest, dispute: Dispute, is_proposed: bool) -> Any:
    due = moment(dispute.due_at)
    if dispute.turn == Party.STAFF:
        if dispute.contested_at is not None:
            return format_html(_("The provider answers what we contested, by {}."), due)
        return _we_decide(request, due)
    if dispute.turn == Party.SELLER:
        text = _("The seller answers by {}; a silent seller loses the word, and we decide.")
    elif dispute.taken_back_minor or is_proposed:
        text = _("The buyer answers by {}; if nothing comes, we decide.")
    else:
        text = _("The buyer answers by {}; a silent buyer loses the case.")
    if not _may(request, RESOLVE):
        return format_html(text, due)
    return format_html(
        "{} {}", format_html(text, due), _("You may decide before, where it is clear.")
    )


def _we_decide(request: HttpRequest, due: Any) -> Any:
    if _may(request, RESOLVE):
        text = _(
            "We decide by {}: weigh what both sides say and show, choose an outcome, read what it does"
            " to each side, and resolve it."
        )
        return format_html(text, due)
    if _may(request, HANDLE):
        text = _("Ask the sides for what is missing. By {} it is decided by: {}.")
    else:
        text = _("By {} it is decided by: {}.")
    return format_html(text, due, who_may(RESOLVE))


def _in_appeal(request: HttpRequest, dispute: Dispute) -> Any:
    if _may(request, RESOLVE) and not is_deciders_own(dispute, request):
        return ""  # The notice says it.
    text = _("Somebody who did not decide it first looks at it again by {}: {}.")
    return format_html(text, moment(dispute.due_at), who_may(RESOLVE))


def _may(request: HttpRequest, duty: str) -> bool:
    return bool(request.user.has_perm(f"backoffice.{duty}"))

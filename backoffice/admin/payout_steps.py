"""What a payout batch asks of whom, and what is said before money is planned or sent."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.roles import who_may
from marketplace.payouts.states import BatchStatus
from marketplace.shared.money import format_minor


def what_goes_out(batch: Any) -> str:
    text = ngettext(
        "%(total)s goes out to %(sellers)s seller at once, and cannot be called back.",
        "%(total)s goes out to %(sellers)s sellers at once, and cannot be called back.",
        batch.payouts_counted,
    )
    return text % {"total": format_minor(batch.total_minor), "sellers": batch.payouts_counted}


def next_step(batch: Any, request: HttpRequest) -> Any:
    """Who sends it, or what is left to do."""
    if batch.status == BatchStatus.APPROVED:
        return format_html(
            '{} <a class="zt-link" href="">{}</a>',
            _("The providers pay it out now; nothing is left to do."),
            _("Look again how far it is"),
        )
    if batch.status != BatchStatus.AWAITING_APPROVAL:
        return ""
    if batch.created_by_id is None:
        return _("Somebody looks at who gets what and takes it on; a second person approves it.")
    if batch.created_by_id == request.user.pk:
        return _("You prepared this batch: somebody else must approve it (%(roles)s).") % {
            "roles": who_may("approve_payouts")
        }
    if not request.user.has_perm("backoffice.approve_payouts"):
        return _("%(roles)s: approve or reject it.") % {"roles": who_may("approve_payouts")}
    return _(
        "Look at who gets what and at which wallet, then approve it, or reject it and say why."
    )


def what_is_planned(nothing: None) -> Any:
    return format_html(
        '{} <a class="zt-link" href="{}">{}</a>',
        _("Everything available is planned for each active seller; nothing is sent yet."),
        reverse("admin:payout_desk"),
        _("Who would be paid now, and who not?"),
    )

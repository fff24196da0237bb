"""The payout desk: the next run, who would be paid now and who would not and why, before it is prepared."""

from collections import Counter
from typing import Any

from django.http import HttpRequest
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.pages.blocks import ROWS_MAX, Page, Table
from backoffice.pages.display import (
    link,
    moment,
    money,
    provider_name,
    reference_link,
    two_lines,
)
from backoffice.pages.site_page import ConsolePage
from marketplace.ledger import chart
from marketplace.ledger.queries import balances
from marketplace.payments.gateways import provider_names
from marketplace.payouts.commands import last_run
from marketplace.payouts.models import PayoutBatch, PayoutPause
from marketplace.payouts.queries import Prospect, next_run_day, prospects
from marketplace.payouts.states import BatchStatus

BATCHES_MAX = 3


class PayoutDesk(ConsolePage):
    """Read-only: batches are prepared on their own list, and pauses ended on theirs."""

    title = _("Payout desk")
    permission_required = ("payouts.view_payout",)

    def blocks(self, request: HttpRequest) -> Page:
        found = prospects()
        payable = [one for one in found if one.is_payable]
        blocked = [one for one in found if not one.is_payable]
        day, run = next_run_day(), last_run()
        due = [one for one in payable if one.terms.is_due(day)]
        pauses = list(PayoutPause.objects.filter(resumed_at__isnull=True))
        return Page(
            figures=[
                (_("Next run"), format_date(day, "j M Y")),
                (_("Sellers due that day"), len(due)),
                (_("Payable now"), money(sum(one.amount_minor for one in payable))),
                (_("Sellers blocked"), len(blocked)),
            ],
            next_step=_next_step(request, payable),
            notices=[("danger", _paused(one)) for one in pauses],
            main=[
                _providers(payable),
                _payable(payable),
                _blocked(blocked),
                Table(
                    _("Last run"),
                    [_("Day"), _("Ran"), (_("Sellers due"), "number"), _("Batch")],
                    [(run.day, moment(run.ran_at), run.sellers_due, link(run.batch))]
                    if run
                    else [],
                    empty=_("There was none yet."),
                ),
            ],
        )


def _next_step(request: HttpRequest, payable: list[Prospect]) -> Any:
    """What moves the money on: a batch to approve, a batch to prepare, or the reasons below."""
    waiting = list(PayoutBatch.objects.filter(status=BatchStatus.AWAITING_APPROVAL)[:BATCHES_MAX])
    said = []
    if waiting:
        named = format_html_join(", ", "{}", ((link(one),) for one in waiting))
        said.append(format_html("{} {}.", gettext("A second person approves"), named))
    if payable and request.user.has_perm("backoffice.prepare_payouts"):
        address = reverse("admin:payouts_payoutbatch_do", args=["prepare"])
        prepare = gettext("Prepare a batch for those who can be paid now")
        said.append(format_html('<a class="zt-link" href="{}">{}</a>.', address, prepare))
    if not said:
        return _("Nobody can be paid now; the reasons stand below.")
    return format_html_join(" ", "{}", ((one,) for one in said))


def _paused(pause: PayoutPause) -> Any:
    said = {"provider": provider_name(pause.provider), "message": pause.message or pause.code}
    return _("Payouts through %(provider)s are paused: %(message)s") % said


def _providers(payable: list[Prospect]) -> Table:
    """What would leave against what we have there."""
    wanted: Counter[str] = Counter()
    for one in payable:
        wanted[one.wallet.provider] += one.amount_minor
    names = provider_names()
    held = balances(accounts=[chart.provider_clearing(name) for name in names])
    rows = []
    for name in names:
        there = held[chart.provider_clearing(name)]
        rows.append(
            (provider_name(name), money(wanted[name]), money(there), money(there - wanted[name]))
        )
    return Table(
        _("By provider"),
        [_("Provider"), (_("Payable now"), "number"), (_("In the wallet by our books"), "number"),
         (_("Left after it"), "number")],
        rows,
    )  # fmt: skip


def _payable(found: list[Prospect]) -> Table:
    return Table(
        _("Who would be paid now"),
        [_("Seller"), _("Wallet"), _("Next day of payment"), (_("Amount"), "number")],
        [
            (
                two_lines(reference_link(one.reference), one.name),
                two_lines(one.wallet.name, provider_name(one.wallet.provider)),
                one.terms.next_due(since=next_run_day()) or _("by hand"),
                money(one.amount_minor),
            )
            for one in found[:ROWS_MAX]
        ],
        empty=_("Nobody."),
        footer=[_("Total"), "", "", money(sum(one.amount_minor for one in found))],
    )


def _blocked(found: list[Prospect]) -> Table:
    return Table(
        _("Who would not, and why"),
        [_("Seller"), _("Reasons"), (_("Available"), "number")],
        [
            (
                two_lines(reference_link(one.reference), one.name),
                "; ".join(str(blocked) for blocked in one.blocked),
                money(one.amount_minor),
            )
            for one in found[:ROWS_MAX]
        ],
        empty=_("Nobody."),
    )

"""Requests to suspend sellers, let them back or close them: one person asks, another decides."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.two_people import (
    AskedColumns,
    RequestPage,
    Says,
    TwoPeople,
    requests_table,
)
from backoffice.pages.blocks import Table
from backoffice.pages.display import NOTHING, late, link, moment, money, state
from backoffice.pages.search import upper
from backoffice.work.hands import hands
from marketplace.analytics.scorecards import scorecard_of
from marketplace.payouts.queries import balance_of
from marketplace.sellers.commands import approve_standing, reject_standing, withdraw_standing
from marketplace.sellers.models import Seller, StandingRequest
from marketplace.sellers.states import StandingRequestStatus

DUTY = "suspend_sellers"
ROWS = 50
BY_TWO = TwoPeople(
    DUTY,
    StandingRequestStatus.REQUESTED,
    approve_standing,
    reject_standing,
    withdraw_standing,
)


class StandingColumns(AskedColumns):
    list_select_related = ("seller", "requested_by", "decided_by")
    search_by = {"reference__startswith": upper, "seller__reference__startswith": upper}
    search_hint = _("Reference of the request or of the seller")

    @display(description=_("Is to be"))
    def wanted_label(self, asked_for: StandingRequest) -> Any:
        return state(asked_for, "wanted")

    @display(description=_("Held until"))
    def held(self, asked_for: StandingRequest) -> Any:
        return moment(asked_for.held_until)


@admin.register(StandingRequest)
class StandingRequestAdmin(RequestPage, StandingColumns):
    aggregate, two = "standing_request", BY_TWO
    intro = _("Asked for on a seller's page; another person decides.")
    list_display = (
        "reference", "seller", "wanted_label", "status_label", "asked", "decided_by",
    )  # fmt: skip
    decisions = (
        *BY_TWO.decisions(
            approving=Says(
                _("It is in force from this moment on, and the seller reads the reason."),
                _("It is done as asked for."),
            ),
            rejecting=Says(
                _("The seller stays, or stands again, as before it was asked for."),
                _("The request is rejected; the seller stands as before."),
            ),
            withdrawing=Says(
                _("A hold ends with it: the seller sells again."), _("The request is withdrawn.")
            ),
            icon="check",
        ),
        *hands("standing_request", DUTY),
    )

    def called(self, asked_for: StandingRequest) -> str:
        return f"{asked_for.seller}: {asked_for.get_wanted_display()}"

    def figures(self, request: HttpRequest, asked_for: StandingRequest) -> list[tuple[Any, Any]]:
        seller = asked_for.seller
        figures = [
            (_("Seller"), link(seller)),
            (_("Before"), state(asked_for, "status_before")),
            (_("Is to be"), state(asked_for, "wanted")),
        ]
        if asked_for.held_until is not None:
            figures.append((_("Held until"), moment(asked_for.held_until)))
        if request.user.has_perm("payouts.view_payout"):
            owed = balance_of(seller_reference=seller.reference)
            figures.append((_("Owed to them"), money(owed.pending_minor + owed.available_minor)))
        return figures

    def subjects(self, asked_for: StandingRequest) -> list[tuple[str, list[Any]]]:
        return [("seller", [asked_for.seller_id])]

    def notices(self, request: HttpRequest, asked_for: StandingRequest) -> list[tuple[str, Any]]:
        notices = super().notices(request, asked_for)
        if BY_TWO.waits(asked_for) and asked_for.held_until is not None:
            text = gettext(
                "The seller is held until %(when)s; without a decision they sell again then."
            )
            until = date_format(localtime(asked_for.held_until), "j M Y, H:i")
            notices.append(("warning", text % {"when": until}))
        return notices

    def beyond(self, request: HttpRequest, asked_for: StandingRequest) -> list[Any]:
        return [disputes_of(asked_for.seller), *standings_table(request, asked_for.seller)]


def waiting_request(seller: Seller) -> StandingRequest | None:
    """Asked once for each seller that is looked at."""
    if not hasattr(seller, "standing_request_waiting"):
        waiting = seller.standing_requests.filter(status=StandingRequestStatus.REQUESTED)
        seller.standing_request_waiting = waiting.select_related("requested_by").first()  # type: ignore[attr-defined]
    return seller.standing_request_waiting  # type: ignore[attr-defined]


def waiting_notice(request: HttpRequest, seller: Seller) -> list[tuple[str, Any]]:
    def say(asked_for: StandingRequest) -> str:
        text = gettext("%(who)s asks that this seller become: %(state)s. A second person decides.")
        return text % {
            "who": asked_for.requested_by,
            "state": asked_for.get_wanted_display(),
        }

    asked_for = waiting_request(seller)
    return BY_TWO.told(request, [asked_for] if asked_for else [], say)


def standings_table(request: HttpRequest, seller: Seller) -> list[Table]:
    """What was asked for about this seller; nothing where nothing was."""
    rows = seller.standing_requests.select_related("requested_by", "decided_by").order_by("-pk")
    return requests_table(
        request,
        _("Requests about this seller"),
        rows[:ROWS],
        (_("Is to be"), lambda one: state(one, "wanted")),
    )


def disputes_of(seller: Seller) -> Table:
    """How it went lately, as the seller reads it over the API: rate, what was lost, what came late."""
    card = scorecard_of(seller_id=seller.pk)
    rows = [
        (
            ngettext("%(days)s day", "%(days)s days", window.days) % {"days": window.days},
            window.orders,
            window.disputes,
            _percent(window.dispute_rate_bp),
            window.ended.lost,
            _percent(window.lost_share_bp),
            window.ended.late_answers,
        )
        for window in card.windows
    ]
    note: Any = ""
    if card.is_often_at_fault:
        found = {"lost": card.lost, "days": card.often_days}
        note = late(_("often at fault: %(lost)s lost in %(days)s days") % found)
    return Table(
        _("Disputes"),
        [
            _("Last"),
            (_("Orders"), "number"),
            (_("Cases"), "number"),
            (_("Dispute rate"), "number"),
            (_("Lost"), "number"),
            (_("Lost share"), "number"),
            (_("Answered late"), "number"),
        ],
        rows,
        note=note,
    )


def _percent(basis_points: int | None) -> str:
    return NOTHING if basis_points is None else f"{basis_points / 100:.1f} %"

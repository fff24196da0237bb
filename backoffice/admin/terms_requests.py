"""Changes of payout terms and reserves: one person asks, another compares and agrees, or does not."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.two_people import AskedColumns, RequestPage, Says, TwoPeople, requests_table
from backoffice.pages.blocks import Table
from backoffice.pages.decisions import Asked
from backoffice.pages.display import link, money, page_of
from backoffice.pages.search import upper
from backoffice.work.hands import hands
from marketplace.payouts.commands import (
    approve_terms,
    reject_terms,
    request_reserve,
    request_terms,
    withdraw_terms,
)
from marketplace.payouts.models import TermsRequest
from marketplace.payouts.queries import balance_of, held, terms_requests
from marketplace.payouts.words import LABELS, changes, in_words
from marketplace.sellers.models import Seller
from marketplace.shared.four_eyes import RequestStatus

DUTY = "approve_payouts"
ROWS = 20
BY_TWO = TwoPeople(DUTY, RequestStatus.REQUESTED, approve_terms, reject_terms, withdraw_terms)
ASKED_FOR = _("It is asked for; somebody else decides.")


class TermsRequestColumns(AskedColumns):
    list_select_related = ("seller", "tier", "requested_by", "decided_by")
    search_by = {"reference__startswith": upper, "seller__reference__startswith": upper}
    search_hint = _("Reference of the request or of the seller")

    @display(description=_("Whose"))
    def whose(self, asked_for: TermsRequest) -> Any:
        return str(asked_for.about)

    @display(description=_("Change"))
    def change(self, asked_for: TermsRequest) -> Any:
        return before_and_after(asked_for)


@admin.register(TermsRequest)
class TermsRequestAdmin(RequestPage, TermsRequestColumns):
    aggregate, two = "terms_request", BY_TWO
    page_select_related = ("seller", "tier")
    moved = _("Something else holds by now: the request can only be rejected.")
    intro = _(
        "Asked for on a seller's page, or on that of a tier's reserve; another person decides."
    )
    empty = _("Nobody has asked to change how a seller is paid, or what a tier leaves in reserve.")
    list_display = (
        "reference", "whose", "change", "status_label", "asked", "decided_by",
    )  # fmt: skip
    decisions = (
        *BY_TWO.decisions(
            approving=Says(
                _("It holds from the next run, and from the next released earning, on."),
                _("It holds from now on."),
            ),
            rejecting=Says("", _("The request is rejected; everything stays as it is.")),
            withdrawing=Says(_("Everything stays as it is."), _("The request is withdrawn.")),
            icon="check",
        ),
        *hands("terms_request", DUTY),
    )

    def called(self, asked_for: TermsRequest) -> Any:
        return format_html("{}<br>{}", asked_for.about, before_and_after(asked_for))

    def figures(self, request: HttpRequest, asked_for: TermsRequest) -> list[tuple[Any, Any]]:
        if asked_for.seller is None:
            return [(_("Tier of risk"), link(asked_for.tier))]
        owed = balance_of(seller_reference=asked_for.seller.reference)
        return [
            (_("Seller"), link(asked_for.seller)),
            (_("Available"), money(owed.available_minor)),
            (_("Pending"), money(owed.pending_minor)),
        ]

    def subjects(self, asked_for: TermsRequest) -> list[tuple[str, list[Any]]]:
        return [("seller" if asked_for.seller_id else "tier", [asked_for.about.pk])]

    def has_moved(self, asked_for: TermsRequest) -> bool:
        return held(asked_for) != asked_for.before

    def compared(self, request: HttpRequest, asked_for: TermsRequest) -> list[Any]:
        """Every column, those that change first."""
        before, after = asked_for.before, asked_for.after
        shown = [(label, name) for name, label in LABELS.items() if name in after]
        shown.sort(key=lambda one: before[one[1]] == after[one[1]])
        return [
            Table(
                _("Before and afterwards"),
                [_("What"), _("Before"), _("Afterwards")],
                [
                    (
                        label,
                        in_words(name, before[name]),
                        _changed(in_words(name, after[name]))
                        if before[name] != after[name]
                        else gettext("stays"),
                    )
                    for label, name in shown
                ],
            )
        ]


def _changed(words: str) -> SafeString:
    return format_html('<strong class="zt-changed">{}</strong>', words)


def before_and_after(asked_for: TermsRequest) -> SafeString:
    """A line for each column that changes."""
    return format_html_join(
        SafeString("<br>"),
        "{}: {} →\N{NO-BREAK SPACE}{}",
        changes(asked_for.before, asked_for.after),
    )


def ask_for_terms(asked: Asked) -> HttpResponse:
    request = request_terms(seller_id=asked.object.pk, actor=asked.actor, **asked.data)
    return HttpResponseRedirect(page_of(request))


def ask_for_reserve(asked: Asked) -> HttpResponse:
    request = request_reserve(tier=asked.object.pk, actor=asked.actor, **asked.data)
    return HttpResponseRedirect(page_of(request))


def requests_about(thing: Any) -> list[TermsRequest]:
    """The newest about a seller or a tier; asked once for each that is looked at."""
    if not hasattr(thing, "terms_requests"):
        about = {"seller_id" if isinstance(thing, Seller) else "tier": thing.pk}
        thing.terms_requests = list(terms_requests(**about)[:ROWS])
    found: list[TermsRequest] = thing.terms_requests
    return found


def may_ask(thing: Any, request: HttpRequest) -> bool:
    """While no other request about it waits."""
    return not any(BY_TWO.waits(one) for one in requests_about(thing))


def waiting_notice(request: HttpRequest, thing: Any) -> list[tuple[str, Any]]:
    def say(asked_for: TermsRequest) -> str:
        text = gettext("{who} asks for a change: {change}. A second person decides.")
        told = "; ".join(
            f"{label}: {before} → {after}"
            for label, before, after in changes(asked_for.before, asked_for.after)
        )
        return format_html(text, who=asked_for.requested_by, change=told)

    return BY_TWO.told(request, requests_about(thing), say)


def asked_table(request: HttpRequest, thing: Any) -> list[Table]:
    """All that was asked for about it; nothing where nothing was."""
    return requests_table(
        request, _("Changes asked for"), requests_about(thing), (_("Change"), before_and_after)
    )

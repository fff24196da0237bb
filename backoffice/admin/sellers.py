"""Sellers, their applications, and the queue of those to review."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Console, Queue
from backoffice.models import ApplicationQueue
from backoffice.pages.blocks import Facts, Page, Table, Text
from backoffice.pages.display import link, masked, moment, state, state_column, yes_no
from backoffice.pages.search import phone_of, same, upper
from marketplace.sellers.models import Application, KycDocument, Seller, SellerMember


@admin.register(Application)
class ApplicationAdmin(Console):
    """All applications; the page of one is where it is reviewed."""

    aggregate = "application"
    chips = "status"
    list_display = (
        "business_name",
        "reference",
        "kind",
        "region",
        "status_label",
        "reviewer",
        "submitted",
    )
    list_select_related = ("reviewer",)
    search_by = {"reference__startswith": upper, "tin": same, "business_name__istartswith": same}
    search_hint = _("Reference, TIN or beginning of the name")
    status_label = state_column()

    @display(description=_("Submitted"), ordering="submitted_at")
    def submitted(self, application: Application) -> Any:
        return moment(application.submitted_at)

    def page(self, request: HttpRequest, application: Application) -> Page:
        return Page(
            figures=[
                (_("Reference"), application.reference),
                (_("Submitted"), moment(application.submitted_at)),
                (_("Reviewer"), application.reviewer),
            ],
            main=[business(application, request), Text(_("What will be sold"), application.about)],
        )


def business(application: Application, request: HttpRequest) -> Facts:
    """Who applies. Numbers that identify a person are whole only for who decides."""
    may_read = request.user.has_perm("backoffice.decide_applications")
    shown = str if may_read else masked
    return Facts(
        _("Business"),
        [
            (_("Business name"), application.business_name),
            (_("Kind"), application.get_kind_display()),
            (_("Applicant"), application.applicant),
            (_("TIN"), application.tin),
            (_("NIDA number"), shown(application.nida_number)),
            (_("VRN"), application.vat_number),
            (_("Region"), application.region),
            (_("Address"), application.address),
            (_("Phone"), application.phone),
            (_("Payout wallet"), application.payout_provider),
            (_("Payout number"), shown(application.payout_msisdn)),
            (_("Name on the wallet"), application.payout_name),
        ],
    )


@admin.register(ApplicationQueue)
class ApplicationQueueAdmin(Queue):
    """Oldest first."""

    of = Application
    intro = _("Applications that wait for a reviewer or are with one, oldest first.")
    list_display = (
        "business_name",
        "reference",
        "kind",
        "region",
        "status_label",
        "reviewer",
        "submitted",
    )
    list_select_related = ("reviewer",)
    ordering = ("submitted_at",)
    status_label = state_column()

    def waiting(self) -> QuerySet[Any]:
        return waiting.applications()

    @display(description=_("Submitted"), ordering="submitted_at")
    def submitted(self, application: Application) -> Any:
        return moment(application.submitted_at)


@admin.register(KycDocument)
class KycDocumentAdmin(Console):
    """Reached from an application; the list is here for expiry."""

    list_display = ("reference", "kind", "application", "status_label", "expires_on", "is_current")
    list_select_related = ("application",)
    chips = "status"
    status_label = state_column()


@admin.register(Seller)
class SellerAdmin(Console):
    aggregate = "seller"
    chips = "status"
    list_display = ("name", "reference", "region", "phone", "status_label", "approved")
    search_by = {
        "reference__startswith": upper,
        "phone": phone_of,
        "tin": same,
        "name__istartswith": same,
    }
    search_hint = _("Reference, phone, TIN or beginning of the name")
    status_label = state_column()

    @display(description=_("Approved"), ordering="approved_at")
    def approved(self, seller: Seller) -> Any:
        return moment(seller.approved_at)

    def page(self, request: HttpRequest, seller: Seller) -> Page:
        members = SellerMember.objects.filter(seller=seller).select_related("user")[:50]
        return Page(
            figures=[
                (_("Reference"), seller.reference),
                (_("State"), state(seller)),
                (_("Approved"), moment(seller.approved_at)),
            ],
            notices=[("warning", seller.status_reason)] if seller.status_reason else [],
            main=[
                Facts(
                    _("Seller"),
                    [
                        (_("Name"), seller.name),
                        (_("Region"), seller.region),
                        (_("Phone"), seller.phone),
                        (_("TIN"), seller.tin),
                        (_("VRN"), seller.vat_number),
                        (_("Payout wallet"), seller.payout_provider),
                        (_("Payout number"), masked(seller.payout_msisdn)),
                        (_("Name on the wallet"), seller.payout_name),
                        (_("Application"), link(seller.application)),
                    ],
                ),
                Table(
                    _("Members"),
                    [_("Person"), _("Owner"), _("Joined")],
                    [(one.user, yes_no(one.is_owner), moment(one.joined_at)) for one in members],
                ),
            ],
            subjects=[("seller", [seller.pk]), ("application", [seller.application_id])],
        )

"""Listings, the queue of those to moderate, and bulk imports."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.catalog import attributes_of
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Piece, Table, Text
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    state_column,
    two_lines,
)
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import same, upper
from backoffice.sayings import said_again
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from backoffice.work.prepared import Prepared
from marketplace.casework.states import MacroKind
from marketplace.listings.commands import (
    approve_listing,
    cancel_import,
    pause_listing,
    reject_listing,
    resume_listing,
    return_to_moderation,
)
from marketplace.listings.models import ImportBatch, Listing
from marketplace.listings.states import (
    IMPORT_TRANSITIONS,
    LISTING_TRANSITIONS,
    ImportStatus,
    ListingStatus,
)
from marketplace.sellers.queries import owner_of
from tasks.prepared import values_of_listing

LIST_DISPLAY = ("sku", "reference", "product", "seller", "price", "stock", "status_label")


DUTY = "moderate_listings"


TO_THE_SELLER = Prepared(
    MacroKind.LISTINGS, lambda listing, reader: owner_of(listing.seller_id), values_of_listing
)


def _approve(asked: Asked) -> None:
    approve_listing(listing_id=asked.object.pk, actor=asked.actor)


def _reject(asked: Asked) -> None:
    reject_listing(listing_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _pause(asked: Asked) -> None:
    pause_listing(listing_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _resume(asked: Asked) -> None:
    resume_listing(listing_id=asked.object.pk, actor=asked.actor)


def _moderate_again(asked: Asked) -> None:
    return_to_moderation(listing_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _waits(listing: Any, request: HttpRequest) -> bool:
    return listing.status == ListingStatus.IN_MODERATION


def _was_approved(listing: Any, request: HttpRequest) -> bool:
    return listing.status in (ListingStatus.LIVE, ListingStatus.PAUSED)


def _is_paused(listing: Any, request: HttpRequest) -> bool:
    return listing.status == ListingStatus.PAUSED


def _cancel_import(asked: Asked) -> None:
    cancel_import(batch_id=asked.object.pk, actor=asked.actor)


DECISIONS = (
    Decision(
        "reject",
        _("Reject"),
        DUTY,
        _reject,
        done=_("The listing is rejected; the seller reads why."),
        form=ReasonForm,
        ask=_("The seller reads the reason, and may submit the listing again."),
        prepared=TO_THE_SELLER,
        icon="close",
        variant="danger",
        when=_waits,
        key="r",
    ),
    Decision(
        "approve",
        _("Approve"),
        DUTY,
        _approve,
        done=_("The listing is live."),
        icon="check",
        variant="primary",
        when=_waits,
        key="a",
        undo="moderate",
    ),
    Decision(
        "pause",
        _("Pause"),
        DUTY,
        _pause,
        done=_("The listing is off sale."),
        form=ReasonForm,
        prepared=TO_THE_SELLER,
        icon="pause",
        when=may_become(LISTING_TRANSITIONS, ListingStatus.PAUSED),
    ),
    Decision(
        "resume",
        _("Resume"),
        DUTY,
        _resume,
        done=_("The listing is live again."),
        icon="play_arrow",
        variant="primary",
        when=_is_paused,
    ),
    Decision(
        "moderate",
        _("Moderate again"),
        DUTY,
        _moderate_again,
        done=_("The listing is back in the queue."),
        form=ReasonForm,
        ask=_("It is off sale until somebody approves it again."),
        icon="fact_check",
        when=_was_approved,
    ),
)


class ListingColumns(Console):
    list_select_related = ("product", "seller")
    search_by = {"reference__startswith": upper, "sku": same}
    search_hint = _("Reference or SKU")
    status_label = state_column()
    price = money_column("price_minor", _("Price"))

    @display(description=_("Available"))
    def stock(self, listing: Listing) -> Any:
        return listing.available

    @display(description=_("Submitted"), ordering="submitted_at")
    def submitted(self, listing: Listing) -> Any:
        return moment(listing.submitted_at)


@admin.register(Listing)
class ListingAdmin(CasePage, ListingColumns):
    """All offers; the page of one is where it is moderated."""

    decisions = (*DECISIONS, *hands("listing", DUTY))
    exported = {
        _("Reference"): "reference",
        _("SKU"): "sku",
        _("Product"): "product__title",
        _("Seller"): "seller__name",
        _("State"): "get_status_display",
        _("Price (TZS)"): "price_minor",
        _("On hand"): "on_hand",
        _("Reserved"): "reserved",
    }
    aggregate = "listing"
    page_select_related = ("product__brand", "product__category", "seller")
    chips = "status"
    list_display = LIST_DISPLAY

    def called(self, listing: Listing) -> str:
        return f"{listing.product} · {listing.sku}"

    def page(self, request: HttpRequest, listing: Listing) -> Page:
        product = listing.product
        return Page(
            title=self.called(listing),
            figures=[
                (_("Price"), money(listing.price_minor, listing.currency)),
                (_("On hand"), listing.on_hand),
                (_("Reserved"), listing.reserved),
                (_("Available"), listing.available),
            ],
            notices=[("warning", listing.moderation_note)] if listing.moderation_note else [],
            main=[
                Piece(
                    _("Pictures"),
                    "console/blocks/pictures.html",
                    {"pictures": list(listing.pictures.all()[:20])},
                ),
                Facts(
                    _("Offer"),
                    [
                        (_("Product"), link(product)),
                        (_("Brand"), product.brand),
                        (_("Category"), product.category),
                        (_("Seller"), link(listing.seller)),
                        (_("SKU"), listing.sku),
                        (_("Condition"), listing.get_condition_display()),
                        (_("Warranty (months)"), listing.warranty_months),
                        (_("Submitted"), moment(listing.submitted_at)),
                        (_("Moderated"), moment(listing.moderated_at)),
                    ],
                ),
                Text(_("Description"), product.description),
                *([attributes_of(product)] if product.attributes else []),
            ],
            subjects=[("listing", [listing.pk]), ("product", [product.pk])],
        )


@admin.register(ImportBatch)
class ImportBatchAdmin(Console):
    """Files of listings as the sellers sent them, with what was wrong in them."""

    aggregate = "batch"
    chips = "status"
    list_display = (
        "reference", "seller", "original_name", "status_label", "outcome", "uploaded",
    )  # fmt: skip
    list_select_related = ("seller",)
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the import")
    status_label = state_column()
    decisions = (
        Decision(
            "cancel",
            _("Cancel the import"),
            DUTY,
            _cancel_import,
            done=_("The import stops; what is written stays."),
            ask=_("It stops after the step that runs; what is written stays."),
            icon="cancel",
            variant="danger",
            when=may_become(IMPORT_TRANSITIONS, ImportStatus.CANCELLED),
        ),
    )

    @display(description=_("Rows"), ordering="rows_total")
    def outcome(self, batch: ImportBatch) -> Any:
        came_of_them = gettext("%(created)s new, %(updated)s changed, %(failed)s failed") % {
            "created": f"{batch.rows_created:,}",
            "updated": f"{batch.rows_updated:,}",
            "failed": f"{batch.rows_failed:,}",
        }
        return two_lines(f"{batch.rows_total:,}", came_of_them)

    @display(description=_("Uploaded"), ordering="-pk")
    def uploaded(self, batch: ImportBatch) -> Any:
        return moment(batch.created_at)

    def page(self, request: HttpRequest, batch: ImportBatch) -> Page:
        errors = batch.errors.order_by("row_number", "pk")[:ROWS_MAX]
        return Page(
            is_moving=batch.status in (ImportStatus.QUEUED, ImportStatus.RUNNING),
            figures=[
                (_("Rows"), batch.rows_total),
                (_("Created"), batch.rows_created),
                (_("Updated"), batch.rows_updated),
                (_("Failed"), batch.rows_failed),
            ],
            notices=[("danger", said_again(batch.refusal))] if batch.refusal else [],
            main=[
                Facts(
                    _("File"),
                    [
                        (_("File name"), batch.original_name),
                        (_("Seller"), link(batch.seller)),
                        (_("Uploaded by"), batch.uploaded_by),
                        (_("Policy"), batch.get_policy_display()),
                        (_("Uploaded"), moment(batch.created_at)),
                        (_("Finished"), moment(batch.finished_at)),
                    ],
                ),
                Table(
                    _("Errors by row"),
                    [(_("Row"), "number"), _("Column"), _("What is wrong"), _("Code")],
                    [
                        (one.row_number, one.column, said_again(one.message), one.code)
                        for one in errors
                    ],
                    empty=_("No row was refused."),
                ),
            ],
        )

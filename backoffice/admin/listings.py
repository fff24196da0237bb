"""Listings, the queue of those to moderate, and bulk imports."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Console, Queue
from backoffice.models import ModerationQueue
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Piece, Table, Text
from backoffice.pages.display import link, moment, money, money_column, state_column
from backoffice.pages.search import same, upper
from marketplace.listings.models import ImportBatch, Listing

LIST_DISPLAY = ("sku", "reference", "product", "seller", "price", "stock", "status_label")


class _ListingColumns(Console):
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
class ListingAdmin(_ListingColumns):
    aggregate = "listing"
    chips = "status"
    list_display = LIST_DISPLAY

    def page(self, request: HttpRequest, listing: Listing) -> Page:
        product = listing.product
        return Page(
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
                Facts(_("Attributes"), list(product.attributes.items())),
            ],
            subjects=[("listing", [listing.pk]), ("product", [product.pk])],
        )


@admin.register(ModerationQueue)
class ModerationQueueAdmin(Queue, _ListingColumns):
    """Oldest first."""

    of = Listing
    intro = _("Listings that wait for a moderator, oldest first.")
    list_display = ("sku", "reference", "product", "seller", "price", "submitted")
    ordering = ("submitted_at",)

    def waiting(self) -> QuerySet[Any]:
        return waiting.listings()


@admin.register(ImportBatch)
class ImportBatchAdmin(Console):
    """Files of listings as the sellers sent them, with what was wrong in them."""

    aggregate = "batch"
    chips = "status"
    list_display = (
        "reference", "seller", "original_name", "status_label",
        "rows_total", "rows_created", "rows_updated", "rows_failed", "uploaded",
    )  # fmt: skip
    list_select_related = ("seller",)
    search_by = {"reference__startswith": upper}
    status_label = state_column()

    @display(description=_("Uploaded"), ordering="-pk")
    def uploaded(self, batch: ImportBatch) -> Any:
        return moment(batch.created_at)

    def page(self, request: HttpRequest, batch: ImportBatch) -> Page:
        errors = batch.errors.order_by("row_number", "pk")[:ROWS_MAX]
        return Page(
            figures=[
                (_("Rows"), batch.rows_total),
                (_("Created"), batch.rows_created),
                (_("Updated"), batch.rows_updated),
                (_("Failed"), batch.rows_failed),
            ],
            notices=[("danger", batch.refusal)] if batch.refusal else [],
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
                    [(one.row_number, one.column, one.message, one.code) for one in errors],
                    empty=_("No row was refused."),
                ),
            ],
        )

"""Commission invoices and credit notes: what was issued, line by line, and as paper."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import link, moment, money, money_column, state_column, two_lines
from backoffice.pages.search import upper
from marketplace.billing.commands import issue_due
from marketplace.billing.models import CommissionLine, Document
from marketplace.shared import clock
from reports.invoices import invoice_pdf

ISSUE = "issue_invoices"


def _issue(asked: Asked) -> None:
    issued = issue_due()
    messages.success(
        asked.request,
        ngettext("%(count)s document was issued.", "%(count)s documents were issued.", issued)
        % {"count": issued},
    )


def _pdf(asked: Asked) -> HttpResponse:
    document = asked.object
    paper = invoice_pdf(document, language=get_language() or "en")
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{document.number}.pdf"'
    return response


@admin.register(Document)
class DocumentAdmin(Console):
    """One invoice a month for each seller who sold, and a credit note for what went back later."""

    intro = _("Each month's commission, billed when the month is over. Nothing here ever changes.")
    exported = {
        _("Number"): "number",
        _("Kind"): "get_kind_display",
        _("Seller"): "seller__name",
        _("Period"): "period",
        _("Commission (TZS)"): "commission_minor",
        _("VAT (TZS)"): "vat_minor",
        _("Total (TZS)"): "total_minor",
        _("Issued"): "issued_at",
    }
    aggregate = "document"
    chips = "kind"
    list_display = ("number", "kind_label", "seller", "month", "total", "issued")
    list_select_related = ("seller",)
    search_by = {"number__startswith": upper, "seller__reference__startswith": upper}
    search_hint = _("Number, or reference of the seller")
    kind_label = state_column("kind", _("Kind"))
    total = money_column("total_minor", _("Total"))
    list_decisions = (
        Decision(
            "issue",
            _("Bill last month"),
            ISSUE,
            _issue,
            ask=_("Every seller with something to bill gets their documents now; once."),
            icon="receipt_long",
            variant="primary",
        ),
    )
    decisions = (
        Decision("pdf", _("Download as PDF"), "order_reports", _pdf, icon="picture_as_pdf"),
    )

    @display(description=_("Period"), ordering="period")
    def month(self, document: Document) -> Any:
        return f"{document.period:%Y-%m}"

    @display(description=_("Issued"), ordering="-pk")
    def issued(self, document: Document) -> Any:
        return moment(document.issued_at)

    def page(self, request: HttpRequest, document: Document) -> Page:
        return Page(
            figures=[
                (_("Commission"), money(document.commission_minor, document.currency)),
                (_("VAT"), money(document.vat_minor, document.currency)),
                (_("Total"), money(document.total_minor, document.currency)),
                (_("Period"), f"{document.period:%Y-%m}"),
            ],
            status=document.get_kind_display(),
            main=[_lines(document)],
            side=[
                Facts(
                    _("Document"),
                    [
                        (_("Seller"), link(document.seller)),
                        (_("Billed as"), document.seller_details["name"]),
                        (_("TIN"), document.seller_details["tin"]),
                        (_("VRN"), document.seller_details["vrn"]),
                        (_("Issued"), moment(document.issued_at)),
                        (_("Corrects"), ", ".join(document.corrects)),
                    ],
                )
            ],
        )


def _lines(document: Document) -> Table:
    lines = document.lines.select_related("seller_order").order_by("happened_at", "pk")
    return commission_table(_("Lines"), list(lines[:ROWS_MAX]))


def commission_table(title: Any, lines: list[CommissionLine]) -> Table:
    """Lines with the rule that made each."""
    return Table(
        title,
        [_("Day"), _("Seller order"), _("What, and by which rule"), (_("Commission"), "number"),
         (_("VAT"), "number")],
        [
            (
                line.happened_at.astimezone(clock.EAT).date().isoformat(),
                link(line.seller_order),
                two_lines(line.title, line.rule or line.get_kind_display()),
                money(line.commission_minor),
                money(line.vat_minor),
            )
            for line in lines
        ],
        empty=_("Nothing was billed."),
    )  # fmt: skip


@admin.register(CommissionLine)
class CommissionLineAdmin(Console):
    """What is billed, or will be when the month is over."""

    list_display = ("cause_shown", "kind_label", "seller", "commission", "vat", "billed_by", "day")
    list_select_related = ("seller", "seller_order", "document")
    search_by = {"seller_order__reference__startswith": upper, "document__number": upper}
    search_hint = _("Reference of the seller order, or number of the document")
    chips = "kind"
    kind_label = state_column("kind", _("Kind"))
    commission = money_column("commission_minor", _("Commission"))
    vat = money_column("vat_minor", _("VAT on commission"))

    @display(description=_("Seller order"))
    def cause_shown(self, line: CommissionLine) -> Any:
        return line.seller_order.reference

    @display(description=_("Document"), ordering="document")
    def billed_by(self, line: CommissionLine) -> Any:
        return link(line.document)

    @display(description=_("Day"), ordering="-pk")
    def day(self, line: CommissionLine) -> Any:
        return moment(line.happened_at)

    def page(self, request: HttpRequest, line: CommissionLine) -> Page:
        return Page(
            title=line.title,
            figures=[
                (_("Commission"), money(line.commission_minor)),
                (_("VAT"), money(line.vat_minor)),
            ],
            main=[
                Facts(
                    _("Line"),
                    [
                        (_("Seller order"), link(line.seller_order)),
                        (_("Seller"), link(line.seller)),
                        (_("Commission rule"), line.rule),
                        (_("Amount"), money(line.base_minor)),
                        (
                            _("Document"),
                            link(line.document) if line.document else _("not billed yet"),
                        ),
                        (_("Happened"), moment(line.happened_at)),
                    ],
                )
            ],
        )

"""Commission invoices and credit notes: what was issued, line by line, as paper, and their fiscal receipts."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.masks import masked
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Preformatted, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import (
    day_of,
    link,
    moment,
    money,
    money_column,
    month_of,
    state_column,
    two_lines,
)
from backoffice.pages.search import upper
from marketplace.billing.commands import issue_due
from marketplace.billing.models import CommissionLine, Document, FiscalReceipt, FiscalReport
from marketplace.billing.receipts import ask_to_send
from marketplace.billing.states import FiscalStatus
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
        return month_of(document.period)

    @display(description=_("Issued"), ordering="-pk")
    def issued(self, document: Document) -> Any:
        return moment(document.issued_at)

    def page(self, request: HttpRequest, document: Document) -> Page:
        return Page(
            figures=[
                (_("Commission"), money(document.commission_minor, document.currency)),
                (_("VAT"), money(document.vat_minor, document.currency)),
                (_("Total"), money(document.total_minor, document.currency)),
                (_("Period"), month_of(document.period)),
            ],
            status=document.get_kind_display(),
            main=[_lines(document)],
            side=[
                Facts(
                    _("Document"),
                    [
                        (_("Seller"), link(document.seller)),
                        (_("Billed as"), document.seller_details["name"]),
                        (_("TIN"), masked("tin", document.seller_details["tin"])),
                        (_("VRN"), document.seller_details["vrn"]),
                        (_("Issued"), moment(document.issued_at)),
                        (_("Corrects"), ", ".join(document.corrects)),
                        (_("Fiscal receipt"), _receipt_of(document)),
                    ],
                )
            ],
        )


def _receipt_of(document: Document) -> Any:
    receipt = FiscalReceipt.objects.filter(document=document).first()
    return two_lines(link(receipt), receipt.get_status_display()) if receipt else ""


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
                day_of(line.happened_at.astimezone(clock.EAT).date()),
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


def _send_again(asked: Asked) -> None:
    ask_to_send(receipt_id=asked.object.pk, actor=asked.actor)


def _waits(receipt: FiscalReceipt, request: HttpRequest) -> bool:
    return receipt.status != FiscalStatus.ACKNOWLEDGED


def _course(message: FiscalReceipt | FiscalReport) -> Facts:
    """How far it has come, and what the authority said last."""
    said = f"{message.ack_code} {message.ack_message}".strip()
    return Facts(
        _("On its way"),
        [
            (_("Written"), moment(message.written_at)),
            (_("Last sent"), moment(message.sent_at) if message.sent_at else ""),
            (_("Tries"), message.tries),
            (_("Answer"), said),
            (
                _("Acknowledged"),
                moment(message.acknowledged_at) if message.acknowledged_at else "",
            ),
        ],
    )


@admin.register(FiscalReceipt)
class FiscalReceiptAdmin(Console):
    """Invoices at the tax authority: sent in the order of their numbers, unchanged, until acknowledged."""

    intro = _(
        "Each invoice at the tax authority. One that is refused holds up all behind it: find out why."
    )
    exported = {
        _("Number"): "gc",
        _("Number of the day"): "dc",
        _("Day"): "day",
        _("Verification code"): "code",
        _("Document"): "document__number",
        _("Total (TZS)"): "document__total_minor",
        _("State"): "get_status_display",
        _("Acknowledged"): "acknowledged_at",
    }
    chips = "status"
    list_display = ("code", "document", "total", "status_label", "tries", "answer", "written")
    list_select_related = ("document",)
    search_by = {"code": str, "document__number": upper}
    search_hint = _("Verification code, or number of the invoice")
    status_label = state_column()
    decisions = (
        Decision(
            "send",
            _("Send now"),
            ISSUE,
            _send_again,
            done=_("The receipts that wait are being sent, this one in its turn."),
            ask=_("The same bytes go out again, without waiting for the next try."),
            icon="refresh",
            variant="primary",
            when=_waits,
        ),
    )

    @display(description=_("Total"))
    def total(self, receipt: FiscalReceipt) -> Any:
        return money(receipt.document.total_minor, receipt.document.currency)

    @display(description=_("Answer"))
    def answer(self, receipt: FiscalReceipt) -> Any:
        return two_lines(receipt.ack_code, receipt.ack_message) if receipt.ack_code else ""

    @display(description=_("Written"), ordering="-pk")
    def written(self, receipt: FiscalReceipt) -> Any:
        return moment(receipt.written_at)

    def page(self, request: HttpRequest, receipt: FiscalReceipt) -> Page:
        notices = []
        if receipt.status == FiscalStatus.REFUSED:
            notices.append(("danger", f"{receipt.ack_code} {receipt.ack_message}"))
        return Page(
            title=receipt.code,
            figures=[
                (_("Number"), receipt.gc),
                (_("Number of the day"), receipt.dc),
                (_("Day"), day_of(receipt.day)),
                (_("Total"), money(receipt.document.total_minor, receipt.document.currency)),
            ],
            notices=notices,
            main=[Preformatted(_("Message as signed"), receipt.message.replace("><", ">\n<"))],
            side=[
                Facts(
                    _("Fiscal receipt"),
                    [
                        (_("Document"), link(receipt.document)),
                        (_("Verification"), receipt.verification_url),
                    ],
                ),
                _course(receipt),
            ],
        )


@admin.register(FiscalReport)
class FiscalReportAdmin(Console):
    """The device's daily (Z) reports, one for each day that is over."""

    chips = "status"
    empty = _("A day with fiscal receipts has its report once it is over.")
    list_display = ("day", "status_label", "tries", "ack_message", "acknowledged_at")
    status_label = state_column()

    def page(self, request: HttpRequest, report: FiscalReport) -> Page:
        return Page(
            title=day_of(report.day),
            main=[Preformatted(_("Message as signed"), report.message.replace("><", ">\n<"))],
            side=[_course(report)],
        )

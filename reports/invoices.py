"""Invoices and credit notes on paper, drawn from what was issued, in the seller's language."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

from django.template.defaultfilters import date as format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.billing.queries import acknowledged_receipt, lines_of
from marketplace.billing.states import DocumentKind, LineKind
from marketplace.shared import clock
from marketplace.shared.money import format_minor
from reports.pdf import Column, Paper, Party, Section, write


def invoice_pdf(document: Any, *, language: str) -> bytes:
    """A billing document as PDF, with its fiscal receipt once that is acknowledged; else always the same bytes."""
    with override(language):
        target = BytesIO()
        write(_paper(document), target)
        return target.getvalue()


def _paper(document: Any) -> Paper:
    is_note = document.kind == DocumentKind.CREDIT_NOTE
    receipt = acknowledged_receipt(document_id=document.pk)
    issued = document.issued_at.astimezone(clock.EAT)
    facts = [
        (_("Number"), document.number),
        (_("Period"), _month(document.period)),
        (_("Issued"), format_date(issued, "j F Y")),
        (_("Total"), format_minor(document.total_minor)),
    ]
    notes = []
    if is_note:
        corrected = ", ".join(document.corrects)
        notes.append(_("Corrects %(invoices)s.") % {"invoices": corrected})
    notes.append(
        _(
            "The commission has been kept from your sales: there is nothing to pay for this document."
        )
    )
    if receipt is not None:
        said = _("Fiscal receipt %(code)s, acknowledged by the tax authority. Verify it: %(link)s")
        notes.append(said % {"code": receipt.code, "link": receipt.verification_url})
    return Paper(
        title=_("Credit note") if is_note else _("Commission invoice"),
        parties=[
            party(_("From"), document.issuer_details),
            party(_("To"), document.seller_details),
        ],
        facts=facts,
        sections=[_lines(document)],
        figures=[
            (_("Commission"), format_minor(document.commission_minor)),
            (_("VAT"), format_minor(document.vat_minor)),
            (_("Total"), format_minor(document.total_minor)),
        ],
        notes=notes,
        qr=receipt.verification_url if receipt else "",
        footer=f"{document.issuer_details['name']} · TIN {document.issuer_details['tin']}"
        f" · {document.number}",
    )


def _lines(document: Any) -> Section:
    return Section(
        "",
        [
            Column(_("Day"), 1.6),
            Column(_("Seller order"), 1.9),
            Column(_("What, and by which rule"), 3.6),
            Column(_("Amount"), 1.8, is_number=True),
            Column(_("Rate"), 1.2, is_number=True),
            Column(_("Commission"), 1.7, is_number=True),
            Column(_("VAT"), 1.5, is_number=True),
        ],
        [
            (
                format_date(line.happened_at.astimezone(clock.EAT), "j M Y"),
                line.seller_order.reference,
                _what(line),
                format_minor(line.base_minor) if line.base_minor else "",
                "" if line.rate_bp is None else f"{line.rate_bp / 100:g} %",
                format_minor(line.commission_minor),
                format_minor(line.vat_minor),
            )
            for line in lines_of(document_id=document.pk)
        ],
        totals=(
            _("Total"), "", "", "", "",
            format_minor(document.commission_minor), format_minor(document.vat_minor),
        ),
    )  # fmt: skip


def _what(line: Any) -> str:
    if line.kind == LineKind.SALE:
        return f"{line.title} – {line.rule}"
    return str(line.get_kind_display())


def party(label: str, details: Mapping[str, str]) -> Party:
    """Name, address and numbers, as papers show them."""
    lines = [details["address"], f"TIN {details['tin']}"]
    if details.get("vrn"):
        lines.append(f"VRN {details['vrn']}")
    return Party(label, details["name"], lines)


def _month(first: date) -> str:
    return format_date(first, "F Y")

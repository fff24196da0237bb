"""What billing writes: kinds of lines and of documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LineKind(models.TextChoices):
    """What a commission line comes from."""

    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")
    REVERSAL = "reversal", _("Reversal by the provider")


class DocumentKind(models.TextChoices):
    INVOICE = "invoice", _("Commission invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


# The series of numbers that each kind counts in: INV-2026-000123.
SERIES = {DocumentKind.INVOICE: "INV", DocumentKind.CREDIT_NOTE: "CN"}

"""What billing writes: kinds of lines and of documents, and how receipts reach the tax authority."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by


class LineKind(models.TextChoices):
    """What a commission line comes from."""

    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")
    # Who bears a refund was found anew: commission comes back, or falls away.
    APPEAL = "appeal", _("Appeal")
    REVERSAL = "reversal", _("Reversal by the provider")


class DocumentKind(models.TextChoices):
    INVOICE = "invoice", _("Commission invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


# The series of numbers that each kind counts in: INV-2026-000123.
SERIES = {DocumentKind.INVOICE: "INV", DocumentKind.CREDIT_NOTE: "CN"}


class FiscalStatus(models.TextChoices):
    """How far a message to the tax authority has come."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent, no answer yet")
    REFUSED = "refused", _("Refused")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


_SYSTEM = by(ActorKind.SYSTEM)
# What was refused or not answered goes out again, unchanged; what was acknowledged never does.
FISCAL_TRANSITIONS: Transitions = {
    FiscalStatus.QUEUED: {FiscalStatus.SENT: _SYSTEM},
    FiscalStatus.SENT: {
        FiscalStatus.SENT: _SYSTEM,
        FiscalStatus.REFUSED: _SYSTEM,
        FiscalStatus.ACKNOWLEDGED: _SYSTEM,
    },
    FiscalStatus.REFUSED: {FiscalStatus.SENT: _SYSTEM},
    FiscalStatus.ACKNOWLEDGED: {},
}

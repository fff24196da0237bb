"""Commission lines, the documents that bill them, their counters, and the fiscal receipts of invoices."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.billing.states import DocumentKind, FiscalStatus, LineKind
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import EncryptedTextField
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY


class Document(models.Model):
    """An invoice or credit note as it was issued: a trigger refuses to change or delete one.

    Seller and issuer are written down as they were: a later change of name changes no old paper.
    Amounts of a credit note are negative.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True, db_collation="C")
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices)
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="+", verbose_name=_("seller")
    )
    # The first day of the month.
    period = models.DateField(_("period"))
    commission_minor = models.BigIntegerField(_("commission"))
    vat_minor = models.BigIntegerField(_("VAT"))
    total_minor = models.BigIntegerField(_("total"))
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    seller_details = models.JSONField()
    issuer_details = models.JSONField()
    # Numbers of the invoices that a credit note corrects.
    corrects = models.JSONField(default=list)
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("invoice or credit note")
        verbose_name_plural = _("invoices and credit notes")
        constraints = [
            status_known("billing_document_kind_known", DocumentKind, field="kind"),
            models.CheckConstraint(
                condition=Q(total_minor=F("commission_minor") + F("vat_minor")),
                name="billing_document_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind=DocumentKind.INVOICE, total_minor__gte=0)
                | Q(kind=DocumentKind.CREDIT_NOTE, total_minor__lte=0),
                name="billing_document_sign",
            ),
            models.UniqueConstraint(
                fields=["seller", "kind", "period"], name="billing_document_once_per_period"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="billing_document_by_seller"),
            models.Index(fields=["period", "kind"], name="billing_document_by_period"),
        ]

    def __str__(self) -> str:
        return self.number


class CommissionLine(models.Model):
    """Commission and its VAT as the ledger booked them for one cause; a refund's are negative.

    A line is written once; only its document is set, once, when it is billed.
    """

    id = models.BigAutoField(primary_key=True)
    # Event, seller order and order line: the same news again writes nothing.
    cause = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind.choices)
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    seller_order = models.ForeignKey(
        "orders.SellerOrder", on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("title"), max_length=200)
    rule = models.CharField(_("commission rule"), max_length=160, blank=True)
    base_minor = models.BigIntegerField(_("amount"))
    rate_bp = models.PositiveIntegerField(_("rate (basis points)"), null=True, blank=True)
    vat_bp = models.PositiveIntegerField(_("VAT rate (basis points)"), null=True, blank=True)
    commission_minor = models.BigIntegerField(_("commission"))
    vat_minor = models.BigIntegerField(_("VAT"))
    happened_at = models.DateTimeField(_("happened"))
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="lines"
    )

    class Meta:
        verbose_name = _("commission line")
        verbose_name_plural = _("commission lines")
        constraints = [
            status_known("commission_line_kind_known", LineKind, field="kind"),
            models.CheckConstraint(
                condition=Q(kind=LineKind.SALE, commission_minor__gte=0, vat_minor__gte=0)
                | Q(kind=LineKind.APPEAL)
                | (
                    Q(kind__in=[LineKind.REFUND, LineKind.REVERSAL])
                    & Q(commission_minor__lte=0, vat_minor__lte=0)
                ),
                name="commission_line_sign",
            ),
        ]
        indexes = [
            models.Index(
                fields=["happened_at", "seller"],
                condition=Q(document__isnull=True),
                name="commission_line_to_bill",
            ),
        ]

    def __str__(self) -> str:
        return self.cause.rpartition(":")[2]


class Counter(models.Model):
    """The last number given in a series and year; its row is locked by whoever takes the next."""

    id = models.BigAutoField(primary_key=True)
    series = models.CharField(max_length=8)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="billing_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class FiscalDevice(models.Model):
    """Our virtual fiscal device as the tax authority registered it, and the last numbers it gave.

    Its row is locked by whoever takes the next number, and leased by whoever sends.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=80, unique=True)
    registration_id = models.CharField(max_length=80)
    serial = models.CharField(max_length=80)
    receipt_code = models.CharField(max_length=40)
    username = models.CharField(max_length=80)
    password = EncryptedTextField()
    # The whole answer to the registration, without the password.
    answer = models.JSONField(default=dict)
    first_gc = models.PositiveBigIntegerField()
    last_gc = models.PositiveBigIntegerField()
    last_dc = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField()
    # Messages leave one at a time: nobody else sends before this instant.
    leased_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_gc__gte=F("first_gc")), name="fiscal_device_counts_up"
            )
        ]

    def __str__(self) -> str:
        return self.serial


class FiscalMessage(models.Model):
    """Something for the tax authority: signed once, sent unchanged until it is acknowledged."""

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey(FiscalDevice, on_delete=models.PROTECT, related_name="+")
    message = models.TextField()
    status = models.CharField(
        _("state"), max_length=12, choices=FiscalStatus.choices, default=FiscalStatus.QUEUED
    )
    tries = models.PositiveIntegerField(_("tries"), default=0)
    ack_code = models.CharField(_("code"), max_length=40, blank=True)
    ack_message = models.CharField(_("message"), max_length=300, blank=True)
    written_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)

    class Meta:
        abstract = True


class FiscalReceipt(FiscalMessage):
    """The fiscal receipt of an invoice; a trigger keeps its numbers, its bytes and its end."""

    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, related_name="receipt", verbose_name=_("document")
    )
    gc = models.PositiveBigIntegerField(_("number"))
    dc = models.PositiveIntegerField(_("number of the day"))
    day = models.DateField(_("day"))
    # RECEIPTCODE and number: what it is verified by.
    code = models.CharField(_("verification code"), max_length=60, unique=True, db_collation="C")
    verification_url = models.CharField(max_length=300)
    taxed_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    untaxed_minor = models.BigIntegerField()

    class Meta:
        verbose_name = _("fiscal receipt")
        verbose_name_plural = _("fiscal receipts")
        constraints = [
            status_known("fiscal_receipt_status_known", FiscalStatus),
            models.UniqueConstraint(fields=["device", "gc"], name="fiscal_receipt_number_once"),
            models.UniqueConstraint(
                fields=["device", "day", "dc"], name="fiscal_receipt_daily_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status=FiscalStatus.ACKNOWLEDGED, acknowledged_at__isnull=False)
                | (~Q(status=FiscalStatus.ACKNOWLEDGED) & Q(acknowledged_at=None)),
                name="fiscal_receipt_acknowledged_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["device", "gc"],
                condition=~Q(status=FiscalStatus.ACKNOWLEDGED),
                name="fiscal_receipt_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FiscalReport(FiscalMessage):
    """The daily (Z) report of the device: one for each day that is over."""

    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("daily fiscal report")
        verbose_name_plural = _("daily fiscal reports")
        constraints = [
            status_known("fiscal_report_status_known", FiscalStatus),
            models.UniqueConstraint(fields=["device", "day"], name="fiscal_report_once_per_day"),
        ]
        indexes = [
            models.Index(
                fields=["device", "day"],
                condition=~Q(status=FiscalStatus.ACKNOWLEDGED),
                name="fiscal_report_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()

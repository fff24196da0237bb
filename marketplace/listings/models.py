"""Offers with their stock, pictures and bulk imports."""

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from marketplace.listings.states import (
    Condition,
    ImportPolicy,
    ImportStatus,
    ListingStatus,
    PictureStatus,
)
from marketplace.shared import clock
from marketplace.shared.constraints import positive, status_known, whole_shillings
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY
from marketplace.shared.storage import private_storage, public_storage


class Listing(models.Model):
    """One seller's offer of one product. What can be sold is `on_hand - reserved`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("LST")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(_("SKU"), max_length=64)
    condition = models.CharField(
        _("condition"), max_length=12, choices=Condition.choices, default=Condition.NEW
    )
    price_minor = models.BigIntegerField(_("price"))
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    on_hand = models.PositiveIntegerField(_("on hand"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    warranty_months = models.PositiveSmallIntegerField(_("warranty (months)"), default=0)
    status = models.CharField(
        _("status"), max_length=14, choices=ListingStatus.choices, default=ListingStatus.DRAFT
    )
    moderation_note = models.CharField(_("moderation note"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    moderated_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            status_known("listing_status_known", ListingStatus),
            positive("listing_price_positive", "price_minor"),
            whole_shillings("listing_price_whole_shillings", "price_minor"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand")), name="listing_reserved_within_on_hand"
            ),
            models.UniqueConstraint(fields=["seller", "sku"], name="listing_sku_once_per_seller"),
        ]
        indexes = [
            models.Index(
                fields=["product", "price_minor"],
                condition=Q(status=ListingStatus.LIVE),
                name="listing_best_offer",
            ),
            models.Index(fields=["seller", "-id"], name="listing_by_seller"),
            models.Index(
                OpClass(Upper("sku"), name="text_pattern_ops"), name="listing_by_beginning_of_sku"
            ),
            models.Index(
                fields=["submitted_at"],
                condition=Q(status=ListingStatus.IN_MODERATION),
                name="listing_moderation_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} ({self.reference})"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class ListingPicture(models.Model):
    """An upload and what a worker made of it: we only ever publish what Pillow re-encoded."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("PIC")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="pictures")
    original = models.FileField(
        storage=private_storage, upload_to="pictures/%Y/%m/", max_length=200
    )
    large = models.FileField(storage=public_storage, max_length=200, blank=True)
    thumbnail = models.FileField(storage=public_storage, max_length=200, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    status = models.CharField(
        max_length=8, choices=PictureStatus.choices, default=PictureStatus.PENDING
    )
    refusal = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "id"]
        constraints = [status_known("picture_status_known", PictureStatus)]

    def __str__(self) -> str:
        return self.reference


class ImportBatch(models.Model):
    """A file of listings, worked off in steps; `next_row` is where the next step begins."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("IMP")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    file = models.FileField(storage=private_storage, upload_to="imports/%Y/%m/", max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    policy = models.CharField(
        _("policy"), max_length=16, choices=ImportPolicy.choices, default=ImportPolicy.GOOD_ROWS
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus.choices, default=ImportStatus.QUEUED
    )
    refusal = models.TextField(_("refusal"), blank=True)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_created = models.PositiveIntegerField(_("created"), default=0)
    rows_updated = models.PositiveIntegerField(_("updated"), default=0)
    rows_failed = models.PositiveIntegerField(_("failed"), default=0)
    next_row = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("uploaded"), default=clock.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")
        constraints = [status_known("import_batch_status_known", ImportStatus)]
        indexes = [models.Index(fields=["seller", "-id"], name="import_batch_by_seller")]

    def __str__(self) -> str:
        return self.reference


class ImportRow(models.Model):
    """A row of a batch's file, laid out for its step until the batch has ended."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    row_number = models.PositiveIntegerField()
    cells = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "row_number"], name="import_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.row_number}"


class ImportRowError(models.Model):
    """What is wrong with one cell of a batch, in words a seller can act on."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="errors")
    row_number = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=60, blank=True)
    code = models.CharField(max_length=60)
    message = models.CharField(_("message"), max_length=300)
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("import error")
        verbose_name_plural = _("import errors")
        indexes = [models.Index(fields=["batch", "row_number"], name="import_error_by_row")]

    def __str__(self) -> str:
        return f"{self.row_number}: {self.message}"

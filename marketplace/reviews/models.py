"""Reviews with every version of their text, replies, reports, and the counts of stars."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.reviews.states import (
    BODY_MAX,
    DISPLAY_NAME_MAX,
    NOTE_MAX,
    RATINGS,
    REASON_MAX,
    REPLY_MAX,
    TITLE_MAX,
    Question,
    ReplyStatus,
    ReportReason,
    ReportStatus,
    ReviewStatus,
)
from marketplace.shared.constraints import not_negative, status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7


class Review(models.Model):
    """What a buyer says of one order line. The newest version stands here; all stand in ReviewVersion."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("RVW")
    line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # The constraint has one.
        verbose_name=_("order line"),
    )
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="+", verbose_name=_("seller")
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("buyer"),
    )
    # How the buyer is called in public.
    display_name = models.CharField(_("shown as"), max_length=DISPLAY_NAME_MAX)
    rating = models.PositiveSmallIntegerField(_("stars"))
    title = models.CharField(_("title"), max_length=TITLE_MAX)
    body = models.TextField(_("text"), max_length=BODY_MAX)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=ReviewStatus.choices,
        default=ReviewStatus.PENDING,
    )
    # What the rules found in this version: `[{"rule": "phone", "found": "0754 000 111"}]`.
    held_for = models.JSONField(_("held for"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_MAX, blank=True)
    open_reports = models.PositiveIntegerField(_("open reports"), default=0)
    # What a moderator is asked, and since when.
    question = models.CharField(_("asked"), max_length=8, choices=Question.choices, blank=True)
    waits_since = models.DateTimeField(_("waits since"), null=True, blank=True)
    written_at = models.DateTimeField(_("written"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            status_known("review_status_known", ReviewStatus),
            models.UniqueConstraint(fields=["line"], name="review_once_per_line"),
            models.CheckConstraint(condition=Q(rating__in=RATINGS), name="review_rating_of_stars"),
            models.CheckConstraint(
                condition=Q(question="", waits_since=None)
                | Q(question__in=Question.values, waits_since__isnull=False),
                name="review_waits_with_a_question",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ReviewStatus.REJECTED, ReviewStatus.TAKEN_DOWN])
                | ~Q(reason=""),
                name="review_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReviewStatus.PUBLISHED) | Q(published_at__isnull=False),
                name="review_published_has_time",
            ),
            # What a rule holds is published by a person or not at all.
            models.CheckConstraint(
                condition=~Q(status=ReviewStatus.PUBLISHED)
                | Q(held_for=[])
                | Q(decided_by__isnull=False),
                name="review_held_is_seen_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "-published_at", "-id"],
                condition=Q(status=ReviewStatus.PUBLISHED),
                name="review_public",
            ),
            models.Index(
                fields=["waits_since", "id"], condition=~Q(question=""), name="review_queue"
            ),
            models.Index(fields=["buyer", "-id"], name="review_by_buyer"),
            models.Index(fields=["seller", "-id"], name="review_by_seller"),
            models.Index(fields=["status", "-id"], name="review_by_status"),
        ]

    def __str__(self) -> str:
        return self.reference


class ReviewVersion(models.Model):
    """What was written, when, each time; never changed."""

    id = models.BigAutoField(primary_key=True)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    rating = models.PositiveSmallIntegerField(_("stars"))
    title = models.CharField(_("title"), max_length=TITLE_MAX)
    body = models.TextField(_("text"), max_length=BODY_MAX)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("version of a review")
        verbose_name_plural = _("versions of reviews")
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="review_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.number}"


class Reply(models.Model):
    """The seller's one public answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="reply")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    body = models.TextField(_("text"), max_length=REPLY_MAX)
    status = models.CharField(
        _("status"), max_length=10, choices=ReplyStatus.choices, default=ReplyStatus.PENDING
    )
    held_for = models.JSONField(_("held for"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_MAX, blank=True)
    written_at = models.DateTimeField(_("written"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            status_known("reply_status_known", ReplyStatus),
            models.CheckConstraint(
                condition=~Q(status=ReplyStatus.REJECTED) | ~Q(reason=""),
                name="reply_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReplyStatus.PUBLISHED)
                | Q(held_for=[])
                | Q(decided_by__isnull=False),
                name="reply_held_is_seen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class Report(models.Model):
    """Somebody's word that a published review should not be there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reported by"),
    )
    reason = models.CharField(_("reason"), max_length=14, choices=ReportReason.choices)
    note = models.CharField(_("note"), max_length=NOTE_MAX, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ReportStatus.choices, default=ReportStatus.OPEN
    )
    reported_at = models.DateTimeField(_("reported"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            status_known("report_status_known", ReportStatus),
            status_known("report_reason_known", ReportReason, field="reason"),
            models.UniqueConstraint(fields=["review", "reporter"], name="report_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.note}"


class ProductRating(models.Model):
    """How many published reviews a product has, by stars; a product without any may have no row."""

    product = models.OneToOneField(
        "catalog.Product", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    stars_1 = models.PositiveIntegerField(default=0)
    stars_2 = models.PositiveIntegerField(default=0)
    stars_3 = models.PositiveIntegerField(default=0)
    stars_4 = models.PositiveIntegerField(default=0)
    stars_5 = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("rating of a product")
        verbose_name_plural = _("ratings of products")
        constraints = [
            not_negative("product_rating_counts", *(f"stars_{stars}" for stars in RATINGS))
        ]

    def __str__(self) -> str:
        return str(self.product_id)

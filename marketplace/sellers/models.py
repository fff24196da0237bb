"""Applications, KYC documents, sellers and their members."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.states import (
    ApplicantKind,
    ApplicationStatus,
    DocumentKind,
    DocumentStatus,
    SellerStatus,
    StandingRequestStatus,
)
from marketplace.shared import clock
from marketplace.shared.constraints import status_known
from marketplace.shared.fields import EncryptedTextField, reference_field
from marketplace.shared.four_eyes import (
    TwoPersonRequest,
    asked_once,
    decided_by_another,
    says_why,
)
from marketplace.shared.ids import uuid7
from marketplace.shared.storage import private_storage

OPEN_APPLICATION = [
    ApplicationStatus.DRAFT,
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.IN_REVIEW,
    ApplicationStatus.INFORMATION_REQUESTED,
]


class Application(models.Model):
    """A request to become a seller."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("APP")
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("applicant"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ApplicantKind.choices)
    business_name = models.CharField(_("business name"), max_length=120)
    tin = models.CharField(_("TIN"), max_length=9)
    nida_number = EncryptedTextField(_("NIDA number"))
    vat_number = models.CharField(_("VRN"), max_length=20, blank=True)
    region = models.CharField(_("region"), max_length=60)
    address = models.CharField(_("address"), max_length=200)
    phone = models.CharField(_("phone"), max_length=16)
    payout_provider = models.CharField(_("payout wallet"), max_length=20)
    payout_msisdn = EncryptedTextField(_("payout number"))
    payout_name = models.CharField(_("name on the wallet"), max_length=120)
    about = models.TextField(_("what will be sold"), blank=True, max_length=2000)
    status = models.CharField(
        _("status"),
        max_length=24,
        choices=ApplicationStatus.choices,
        default=ApplicationStatus.DRAFT,
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    message_to_applicant = models.TextField(_("message to the applicant"), blank=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("seller application")
        verbose_name_plural = _("seller applications")
        constraints = [
            status_known("application_status_known", ApplicationStatus),
            models.CheckConstraint(
                condition=Q(tin__regex=r"^[0-9]{9}$"), name="application_tin_nine_digits"
            ),
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(status__in=OPEN_APPLICATION),
                name="application_one_open_per_applicant",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.IN_REVIEW) | Q(reviewer__isnull=False),
                name="application_review_has_reviewer",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.REJECTED) | ~Q(decision_reason=""),
                name="application_rejected_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="application_queue"),
            models.Index(fields=["tin"], name="application_by_tin"),
        ]

    def __str__(self) -> str:
        return f"{self.business_name} ({self.reference})"


class KycDocument(models.Model):
    """A file that proves something. Every reading of it is an event."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("DOC")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=24, choices=DocumentKind.choices)
    file = models.FileField(
        _("file"), storage=private_storage, upload_to="kyc/%Y/%m/", max_length=200
    )
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=80)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(
        _("status"), max_length=10, choices=DocumentStatus.choices, default=DocumentStatus.UPLOADED
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"), default=clock.now, editable=False)
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("KYC document")
        verbose_name_plural = _("KYC documents")
        constraints = [
            status_known("kyc_document_status_known", DocumentStatus),
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(is_current=True),
                name="kyc_document_one_current_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.reference})"


class Seller(models.Model):
    """A shop on the marketplace, born of an approved application."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("SEL")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="seller")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    status = models.CharField(
        _("status"), max_length=10, choices=SellerStatus.choices, default=SellerStatus.ACTIVE
    )
    status_reason = models.CharField(max_length=300, blank=True)
    region = models.CharField(_("region"), max_length=60)
    phone = models.CharField(_("phone"), max_length=16)
    tin = models.CharField(_("TIN"), max_length=9)
    vat_number = models.CharField(_("VRN"), max_length=20, blank=True)
    payout_provider = models.CharField(_("payout wallet"), max_length=20)
    payout_msisdn = EncryptedTextField(_("payout number"))
    payout_name = models.CharField(_("name on the wallet"), max_length=120)
    # Since when it is another wallet than the application's, and until when nothing is paid to it.
    wallet_changed_at = models.DateTimeField(_("wallet changed"), null=True, blank=True)
    wallet_rests_until = models.DateTimeField(_("wallet rests until"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"))

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [status_known("seller_status_known", SellerStatus)]
        indexes = [
            models.Index(fields=["status", "name"], name="seller_by_status"),
            models.Index(fields=["phone"], name="seller_by_phone"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="seller_by_part_of_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SellerMember(models.Model):
    """A user who acts for a seller."""

    id = models.BigAutoField(primary_key=True)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_owner = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("seller member")
        verbose_name_plural = _("seller members")
        constraints = [
            models.UniqueConstraint(fields=["seller", "user"], name="seller_member_once"),
            models.UniqueConstraint(
                fields=["seller"], condition=Q(is_owner=True), name="seller_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.seller_id}"


class StandingRequest(TwoPersonRequest):
    """Somebody wants a seller suspended, active again, or closed.

    A suspension may hold the seller at once, until `held_until`: then it is the seller's state
    already, and ends by itself where no second person agreed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("STR")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="standing_requests")
    status_before = models.CharField(max_length=10, choices=SellerStatus.choices)
    wanted = models.CharField(_("asked for"), max_length=10, choices=SellerStatus.choices)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=StandingRequestStatus.choices,
        default=StandingRequestStatus.REQUESTED,
    )

    class Meta:
        verbose_name = _("request about a seller")
        verbose_name_plural = _("requests about sellers")
        constraints = [
            status_known("standing_request_status_known", StandingRequestStatus),
            status_known("standing_request_wanted_known", SellerStatus, field="wanted"),
            asked_once("standing_request_waits_once", "seller"),
            says_why("standing_request_says_why"),
            decided_by_another("standing_request_decided_by_another", "withdrawn", "lapsed"),
            models.CheckConstraint(
                condition=Q(held_until=None) | Q(wanted=SellerStatus.SUSPENDED),
                name="standing_request_holds_to_suspend",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

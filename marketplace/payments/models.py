"""Intents, attempts, refunds and the raw inbox of provider messages."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.payments.chargeback_model import Chargeback as Chargeback
from marketplace.payments.control_models import FeeBand as FeeBand
from marketplace.payments.control_models import PaymentIssue as PaymentIssue
from marketplace.payments.control_models import ProviderLimit as ProviderLimit
from marketplace.payments.control_models import ProviderSwitch as ProviderSwitch
from marketplace.payments.control_models import ProviderTally as ProviderTally
from marketplace.payments.states import (
    AttemptChannel,
    AttemptStatus,
    InboxStatus,
    IntentStatus,
    PaidFrom,
    Provider,
    RefundChannel,
    RefundReason,
    RefundStatus,
)
from marketplace.shared.constraints import not_negative, positive, status_known, whole_shillings
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY
from marketplace.shared.storage import private_storage


class Intent(models.Model):
    """The wish to be paid for one order, born in the transaction that places it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("PAY")
    order = models.OneToOneField("orders.Order", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    status = models.CharField(
        _("status"), max_length=8, choices=IntentStatus.choices, default=IntentStatus.OPEN
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            status_known("intent_status_known", IntentStatus),
            positive("intent_amount_positive", "amount_minor"),
            whole_shillings("intent_amount_whole_shillings", "amount_minor"),
        ]

    def __str__(self) -> str:
        return self.reference


class Attempt(models.Model):
    """One push to one wallet, or one bill that its owner paid without being asked. Its reference,
    without the dash, is what the provider knows it by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("ATT")
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="attempts")
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    msisdn = models.CharField(_("wallet number"), max_length=16)
    channel = models.CharField(
        _("channel"),
        max_length=10,
        choices=AttemptChannel.choices,
        default=AttemptChannel.PUSH,
        db_default=AttemptChannel.PUSH,
    )
    # What was asked for; from the settlement on what really moved, with `asked_minor` beside it
    # where the two differ.
    amount_minor = models.BigIntegerField(_("amount"))
    asked_minor = models.BigIntegerField(_("asked for"), null=True, blank=True)
    # How much more than its order took came with an applied payment; it goes back.
    surplus_minor = models.BigIntegerField(_("surplus"), default=0, db_default=0)
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    status = models.CharField(
        _("status"), max_length=10, choices=AttemptStatus.choices, default=AttemptStatus.CREATED
    )
    # The one success that paid the order; money of any other success goes back.
    is_applied = models.BooleanField(_("paid the order"), default=False, db_default=False)
    conversation_id = models.CharField(max_length=64, blank=True)
    receipt = models.CharField(_("provider receipt"), max_length=40, blank=True)
    provider_code = models.CharField(_("provider code"), max_length=40, blank=True)
    provider_message = models.CharField(_("provider message"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    enquiries = models.PositiveIntegerField(default=0)
    next_enquiry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        constraints = [
            status_known("attempt_status_known", AttemptStatus),
            status_known("attempt_channel_known", AttemptChannel, field="channel"),
            positive("attempt_amount_positive", "amount_minor"),
            whole_shillings("attempt_amount_whole_shillings", "amount_minor"),
            models.UniqueConstraint(
                fields=["provider", "receipt"],
                condition=~Q(receipt=""),
                name="attempt_receipt_once",
            ),
            # One wallet prompt at a time: a buyer is never asked twice for the same order at once.
            models.UniqueConstraint(
                fields=["intent"],
                condition=Q(status__in=["created", "sent", "pending"]),
                name="attempt_one_in_flight",
            ),
            models.UniqueConstraint(
                fields=["intent"], condition=Q(is_applied=True), name="attempt_one_applied"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_enquiry_at"],
                condition=Q(status__in=["sent", "pending", "unknown"]),
                name="attempt_to_enquire",
            ),
            models.Index(fields=["provider", "settled_at"], name="attempt_by_settlement"),
            models.Index(fields=["msisdn"], name="attempt_by_msisdn"),
        ]

    def __str__(self) -> str:
        return self.reference


class InboxMessage(models.Model):
    """A provider's callback as it came, stored before anything is believed of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    dedupe_key = models.CharField(max_length=128)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    remote_address = models.CharField(max_length=45, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=InboxStatus.choices, default=InboxStatus.RECEIVED
    )
    verdict = models.CharField(_("verdict"), max_length=300, blank=True)
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    times_received = models.PositiveIntegerField(_("times received"), default=1)
    received_at = models.DateTimeField(_("received"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)

    class Meta:
        verbose_name = _("provider message")
        verbose_name_plural = _("provider messages")
        constraints = [
            status_known("inbox_message_status_known", InboxStatus),
            models.UniqueConstraint(fields=["provider", "dedupe_key"], name="inbox_message_once"),
        ]
        indexes = [models.Index(fields=["status", "received_at"], name="inbox_by_status")]

    def __str__(self) -> str:
        return f"{self.provider} {self.received_at:%Y-%m-%d %H:%M:%S}"


class Refund(models.Model):
    """Money going back to the buyer through the provider that brought it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("REF")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    reason = models.CharField(_("reason"), max_length=20, choices=RefundReason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    status = models.CharField(
        _("status"), max_length=10, choices=RefundStatus.choices, default=RefundStatus.PROPOSED
    )
    # What asked for it, so that asking twice refunds once: an event id, a dispute reference.
    cause = models.CharField(max_length=80, unique=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    receipt = models.CharField(_("provider receipt"), max_length=40, blank=True)
    provider_code = models.CharField(_("provider code"), max_length=40, blank=True)
    provider_message = models.CharField(_("provider message"), max_length=300, blank=True)
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("created"))
    channel = models.CharField(
        _("channel"),
        max_length=10,
        choices=RefundChannel.choices,
        default=RefundChannel.REVERSAL,
        db_default=RefundChannel.REVERSAL,
    )
    # Above a threshold a second person decides; of a refund by hand, who settled it.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.CharField(
        _("reason of the decision"), max_length=300, blank=True, default="", db_default=""
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("settled by"),
    )
    # The latest try: how long an enquiry may find nothing counts from here.
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    next_enquiry_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            status_known("refund_status_known", RefundStatus),
            positive("refund_amount_positive", "amount_minor"),
            whole_shillings("refund_amount_whole_shillings", "amount_minor"),
            # Whoever writes the row: nobody decides or settles what they asked for themselves.
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(requested_by=None)
                | ~Q(decided_by=models.F("requested_by")),
                name="refund_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None)
                | Q(requested_by=None)
                | ~Q(settled_by=models.F("requested_by")),
                name="refund_settled_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="refund_by_status"),
            # Reconciliation looks for refunds by what a statement says of them.
            models.Index(fields=["receipt"], condition=~Q(receipt=""), name="refund_by_receipt"),
            models.Index(
                fields=["settled_at"],
                condition=Q(status=RefundStatus.SUCCEEDED),
                name="refund_by_settlement",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class RefundPart(models.Model):
    """Who bears a refund of a seller order: seller's net, our commission, its VAT, our goodwill."""

    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    seller_order = models.ForeignKey(
        "orders.SellerOrder", on_delete=models.PROTECT, related_name="+"
    )
    amount_minor = models.BigIntegerField()
    seller_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    commission_vat_minor = models.BigIntegerField()
    # What the marketplace pays itself, because the seller is not at fault.
    goodwill_minor = models.BigIntegerField(default=0, db_default=0)
    # How much of the amount is the parcel's shipping.
    shipping_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount_minor=models.F("seller_minor")
                    + models.F("commission_minor")
                    + models.F("commission_vat_minor")
                    + models.F("goodwill_minor")
                ),
                name="refund_part_adds_up",
            ),
            not_negative(
                "refund_part_not_negative",
                "seller_minor",
                "commission_minor",
                "commission_vat_minor",
                "goodwill_minor",
            ),
            models.UniqueConstraint(fields=["refund", "seller_order"], name="refund_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.seller_order_id}"


class RefundLine(models.Model):
    """Pieces of an order line that a refund gives back."""

    id = models.BigAutoField(primary_key=True)
    part = models.ForeignKey(RefundPart, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("pieces"))
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        constraints = [
            positive("refund_line_positive", "quantity", "amount_minor"),
            models.UniqueConstraint(fields=["part", "order_line"], name="refund_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.order_line_id}"


class RefundEvidence(models.Model):
    """What proves a refund that was paid by hand: a slip, a screenshot of the provider's portal."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="evidence")
    paid_from = models.CharField(_("paid from"), max_length=10, choices=PaidFrom.choices)
    file = models.FileField(
        _("file"), storage=private_storage, upload_to="refunds/%Y/%m/", max_length=200
    )
    original_name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=80)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("evidence of a refund")
        verbose_name_plural = _("evidence of refunds")
        constraints = [status_known("refund_paid_from_known", PaidFrom, field="paid_from")]

    def __str__(self) -> str:
        return self.original_name


class ProviderStatus(models.Model):
    """How a provider has answered lately, for health and the console."""

    provider = models.CharField(primary_key=True, max_length=10, choices=Provider.choices)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=300, blank=True)
    failures_in_row = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("provider status")
        verbose_name_plural = _("provider statuses")

    def __str__(self) -> str:
        return self.get_provider_display()

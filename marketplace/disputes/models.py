"""Disputes, their thread and their evidence."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.disputes.appeal_model import Appeal as Appeal
from marketplace.disputes.evidence_model import Evidence as Evidence
from marketplace.disputes.evidence_model import StagedEvidence as StagedEvidence
from marketplace.disputes.states import (
    NO_REFUND,
    OF_TAKEN_BACK,
    UNDECIDED,
    DisputeOrigin,
    DisputeOutcome,
    DisputeReason,
    DisputeStatus,
    Fault,
    Party,
    ProposalStatus,
)
from marketplace.shared.constraints import positive, status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY


class Dispute(models.Model):
    """A buyer's case against one seller order. While it is open, the earning is on hold."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("DSP")
    seller_order = models.ForeignKey(
        "orders.SellerOrder",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("seller order"),
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("buyer"),
    )
    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="+", verbose_name=_("seller")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=DisputeReason.choices)
    origin = models.CharField(
        _("opened by"),
        max_length=8,
        choices=DisputeOrigin.choices,
        default=DisputeOrigin.BUYER,
        db_default=DisputeOrigin.BUYER.value,
    )
    claimed_minor = models.BigIntegerField(_("claimed"))
    # What the provider took back of the payment: then the buyer has it, and we look for who bears it.
    taken_back_minor = models.BigIntegerField(_("taken back"), default=0, db_default=0)
    contested_at = models.DateTimeField(_("contested"), null=True, blank=True)
    contest_number = models.CharField(
        _("the provider's number"), max_length=60, blank=True, default="", db_default=""
    )
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    status = models.CharField(
        _("status"), max_length=10, choices=DisputeStatus.choices, default=DisputeStatus.OPEN
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=DisputeOutcome.choices, blank=True
    )
    # Who caused it decides who pays; cases of before this was asked have none.
    fault = models.CharField(
        _("at fault"), max_length=12, choices=Fault.choices, blank=True, default="", db_default=""
    )
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)
    refund_reference = models.CharField(_("refund"), max_length=20, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    # Who agreed to a decision that costs much without giving anything back, such as a loss of ours.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("approved by"),
    )
    resolution_note = models.TextField(_("note on the resolution"), blank=True, max_length=2000)
    opened_at = models.DateTimeField(_("opened"))
    # Who is to act next, since when, and until when; commands/turns.py says how time is counted.
    turn = models.CharField(
        _("turn"),
        max_length=8,
        choices=Party.choices,
        default=Party.STAFF,
        db_default=Party.STAFF.value,
    )
    turn_since = models.DateTimeField(_("turn since"), null=True, blank=True)
    # Working time that our own turns took before this one: it stands still while others are asked.
    staff_spent_s = models.PositiveIntegerField(default=0, db_default=0)
    # The side that let its time pass without an answer.
    silent = models.CharField(
        _("silent"), max_length=8, choices=Party.choices, blank=True, default="", db_default=""
    )
    # When our own lateness was noted, once for each turn.
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            status_known("dispute_status_known", DisputeStatus),
            positive("dispute_claim_positive", "claimed_minor"),
            models.UniqueConstraint(
                fields=["seller_order"],
                condition=Q(status__in=UNDECIDED),
                name="dispute_undecided_once_per_part",
            ),
            models.CheckConstraint(
                condition=~Q(status=DisputeStatus.RESOLVED) | ~Q(outcome=""),
                name="dispute_resolved_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(fault="") | (Q(fault__in=Fault.values) & ~Q(outcome="")),
                name="dispute_fault_of_a_decision",
            ),
            status_known("dispute_turn_known", Party, field="turn"),
            models.CheckConstraint(
                condition=Q(silent__in=["", *Party.values]), name="dispute_silent_known"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0)
                & (
                    Q(outcome__in=["", *NO_REFUND], refunded_minor=0)
                    | (~Q(outcome__in=["", *NO_REFUND]) & Q(refunded_minor__gt=0))
                ),
                name="dispute_refund_fits_outcome",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (Q(decided_by__isnull=False) & ~Q(approved_by=F("decided_by"))),
                name="dispute_approved_by_another",
            ),
            status_known("dispute_origin_known", DisputeOrigin, field="origin"),
            models.CheckConstraint(
                condition=Q(taken_back_minor__gt=0)
                | (
                    Q(taken_back_minor=0, origin=DisputeOrigin.BUYER, contested_at=None)
                    & ~Q(outcome__in=OF_TAKEN_BACK)
                ),
                name="dispute_taken_back_fits",
            ),
            models.UniqueConstraint(
                fields=["seller_order"],
                condition=Q(taken_back_minor__gt=0),
                name="dispute_one_per_chargeback",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="dispute_queue"),
            models.Index(fields=["buyer", "-id"], name="dispute_by_buyer"),
            models.Index(fields=["seller", "-id"], name="dispute_by_seller"),
        ]

    def __str__(self) -> str:
        return self.reference


class Proposal(models.Model):
    """An amount on which a side would settle; the other side accepts it or names another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="proposals")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    party = models.CharField(_("party"), max_length=8, choices=Party.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    status = models.CharField(
        _("status"), max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.OPEN
    )
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            status_known("proposal_status_known", ProposalStatus),
            positive("proposal_amount_positive", "amount_minor"),
            models.CheckConstraint(
                condition=Q(party__in=[Party.BUYER, Party.SELLER]), name="proposal_by_a_side"
            ),
            models.UniqueConstraint(
                fields=["dispute"],
                condition=Q(status=ProposalStatus.OPEN),
                name="proposal_one_open_per_dispute",
            ),
        ]
        indexes = [models.Index(fields=["dispute", "id"], name="proposal_thread")]

    def __str__(self) -> str:
        return f"{self.party} {self.amount_minor}"


class DisputeMessage(models.Model):
    """One turn in the thread; an internal one is seen by staff only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    party = models.CharField(_("party"), max_length=8, choices=Party.choices)
    body = models.TextField(_("message"), max_length=4000)
    is_internal = models.BooleanField(_("internal"), default=False)
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_internal=False) | Q(party=Party.STAFF),
                name="dispute_message_internal_by_staff",
            )
        ]
        indexes = [models.Index(fields=["dispute", "id"], name="dispute_message_thread")]

    def __str__(self) -> str:
        return self.body[:60]

"""What we know and decided about providers, and the troubles of payments that a person looks at."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.payments.states import (
    FeeKind,
    IssueDecision,
    IssueKind,
    IssueStatus,
    Provider,
    SettledAs,
)
from marketplace.shared.constraints import not_negative, positive, status_known
from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7


class ProviderSwitch(models.Model):
    """Whether buyers are offered a provider; its past stands in the event log."""

    provider = models.CharField(
        _("provider"), primary_key=True, max_length=10, choices=Provider.choices
    )
    is_paused = models.BooleanField(_("paused"), default=False, db_default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.get_provider_display()


class ProviderLimit(models.Model):
    """What a provider takes in one payment, and of one wallet in a day. The latest that has begun
    applies; what has begun is never changed."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    valid_from = models.DateField(_("valid from"))
    min_minor = models.BigIntegerField(_("least per payment"))
    max_minor = models.BigIntegerField(_("most per payment"))
    wallet_daily_minor = models.BigIntegerField(_("most per wallet a day"), null=True, blank=True)

    class Meta:
        verbose_name = _("provider limit")
        verbose_name_plural = _("provider limits")
        constraints = [
            positive("provider_limit_positive", "min_minor"),
            models.CheckConstraint(
                condition=Q(max_minor__gte=F("min_minor")), name="provider_limit_in_order"
            ),
            models.UniqueConstraint(fields=["provider", "valid_from"], name="provider_limit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.valid_from}"


class FeeBand(models.Model):
    """What a provider charges us for a movement of at least `from_minor`. The bands of one day are
    one schedule; the latest that has begun applies."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    kind = models.CharField(_("kind"), max_length=10, choices=FeeKind.choices)
    valid_from = models.DateField(_("valid from"))
    from_minor = models.BigIntegerField(_("from"))
    fixed_minor = models.BigIntegerField(_("fixed fee"), default=0)
    rate_bp = models.PositiveIntegerField(_("rate (basis points)"), default=0)

    class Meta:
        verbose_name = _("fee band")
        verbose_name_plural = _("fee bands")
        constraints = [
            status_known("fee_band_kind_known", FeeKind, field="kind"),
            not_negative("fee_band_not_negative", "from_minor", "fixed_minor"),
            models.UniqueConstraint(
                fields=["provider", "kind", "valid_from", "from_minor"], name="fee_band_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.valid_from}"


class ProviderTally(models.Model):
    """How a provider did in ten minutes: counted as it happens, never recounted from the rows.

    `calls` are questions that we put to it, `took` how many of them were answered within each of
    `health.TOOK_MS`; `succeeded` and `failed` are payments, `turned_away`
    calls at our webhook without its secret. A crash may lose a count.
    """

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=10, choices=Provider.choices)
    begins_at = models.DateTimeField()
    calls = models.IntegerField(default=0)
    unavailable = models.IntegerField(default=0)
    uncertain = models.IntegerField(default=0)
    succeeded = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    turned_away = models.IntegerField(default=0, db_default=0)
    took = ArrayField(models.IntegerField())

    class Meta:
        verbose_name = _("provider tally")
        verbose_name_plural = _("provider tallies")
        constraints = [
            models.UniqueConstraint(fields=["provider", "begins_at"], name="provider_tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.begins_at:%Y-%m-%d %H:%M}"


class PaymentIssue(models.Model):
    """Trouble with a payment or a provider's message that needs a person, or needed one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("ISS")
    kind = models.CharField(_("kind"), max_length=12, choices=IssueKind.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=IssueStatus.choices, default=IssueStatus.OPEN
    )
    provider = models.CharField(_("provider"), max_length=10, choices=Provider.choices)
    attempt = models.ForeignKey(
        "payments.Attempt", on_delete=models.PROTECT, null=True, blank=True, related_name="issues"
    )
    message = models.ForeignKey(
        "payments.InboxMessage",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
    )
    expected_minor = models.BigIntegerField(_("expected"), null=True, blank=True)
    arrived_minor = models.BigIntegerField(_("arrived"), null=True, blank=True)
    receipt = models.CharField(_("provider receipt"), max_length=40, blank=True)
    note = models.CharField(_("what happened"), max_length=300, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    # What one person says became of it, until a second one agrees.
    proposed_outcome = models.CharField(
        _("proposed outcome"), max_length=10, choices=SettledAs.choices, blank=True
    )
    proposed_receipt = models.CharField(_("proposed receipt"), max_length=40, blank=True)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(
        _("decision"), max_length=10, choices=IssueDecision.choices, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment issue")
        verbose_name_plural = _("payment issues")
        constraints = [
            status_known("payment_issue_status_known", IssueStatus),
            status_known("payment_issue_kind_known", IssueKind, field="kind"),
            # The same trouble opens once.
            models.UniqueConstraint(
                fields=["attempt", "kind"],
                condition=Q(message=None),
                name="payment_issue_once_per_attempt",
            ),
            models.UniqueConstraint(
                fields=["message"],
                condition=~Q(message=None),
                name="payment_issue_once_per_message",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(proposed_by=None)
                | ~Q(decided_by=F("proposed_by")),
                name="payment_issue_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status=IssueStatus.CLOSED) ^ Q(decision=""),
                name="payment_issue_closed_by_decision",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "opened_at"], name="payment_issue_by_status"),
            models.Index(
                fields=["provider", "receipt"],
                condition=~Q(receipt=""),
                name="payment_issue_by_receipt",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

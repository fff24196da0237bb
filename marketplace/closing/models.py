"""Months, each close with the figures that it stated, and who asked and agreed to open one again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from marketplace.closing.states import PeriodStatus, ReopeningStatus
from marketplace.shared.constraints import status_known
from marketplace.shared.four_eyes import (
    TwoPersonRequest,
    asked_once,
    decided_by_another,
    says_why,
)
from marketplace.shared.ids import uuid7


class Period(models.Model):
    """A calendar month of the books, in Tanzania; `month` is its first day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    month = models.DateField(_("month"), unique=True)
    status = models.CharField(
        _("status"), max_length=10, choices=PeriodStatus.choices, default=PeriodStatus.OPEN
    )

    class Meta:
        verbose_name = _("month of the books")
        verbose_name_plural = _("months of the books")
        constraints = [
            status_known("period_status_known", PeriodStatus),
            models.CheckConstraint(
                condition=Q(month__day=1), name="period_month_begins_on_its_first"
            ),
        ]

    def __str__(self) -> str:
        return date_format(self.month, "F Y")


class Close(models.Model):
    """One close of a month with all that it stated. Never changed: a second close is a second row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="closes")
    number = models.PositiveSmallIntegerField(_("number"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("closed by"),
    )
    closed_at = models.DateTimeField(_("closed"))
    reason = models.CharField(_("reason"), max_length=300)
    # `Check.as_stored` and `WalletMonth.as_stored`.
    checklist = models.JSONField(default=list)
    wallets = models.JSONField(default=list)

    class Meta:
        verbose_name = _("close")
        verbose_name_plural = _("closes")
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="close_number_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="close_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.number}"


class ClosingBalance(models.Model):
    """What an account balanced at when the month ended, as the close stated it; debits positive."""

    id = models.BigAutoField(primary_key=True)
    close = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="balances")
    account = models.CharField(_("account"), max_length=80, db_collation="C")
    kind = models.CharField(_("kind"), max_length=10)
    balance_minor = models.BigIntegerField(_("balance"))

    class Meta:
        verbose_name = _("closing balance")
        verbose_name_plural = _("closing balances")
        constraints = [
            models.UniqueConstraint(fields=["close", "account"], name="closing_balance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.balance_minor}"


class Reopening(TwoPersonRequest):
    """Somebody wants a closed month open again; somebody else agrees, or does not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="reopenings")
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ReopeningStatus.choices,
        default=ReopeningStatus.REQUESTED,
    )

    class Meta:
        verbose_name = _("reopening")
        verbose_name_plural = _("reopenings")
        constraints = [
            status_known("reopening_status_known", ReopeningStatus),
            asked_once("reopening_requested_once", "period"),
            says_why("reopening_says_why"),
            decided_by_another("reopening_decided_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.status}"

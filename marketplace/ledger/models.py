"""Accounts, journal entries and postings. Debits are positive, credits negative, in minor units."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.constraints import not_negative, status_known
from marketplace.shared.ids import uuid7
from marketplace.shared.money import DEFAULT_CURRENCY


class AccountKind(models.TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    REVENUE = "revenue", _("Revenue")
    EXPENSE = "expense", _("Expense")


class Account(models.Model):
    """`code` is the key of callers: `provider_clearing:mpesa`, `seller_pending:SEL-7K3M9QX2`."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=80, unique=True, db_collation="C")
    kind = models.CharField(max_length=10, choices=AccountKind.choices)
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [status_known("account_kind_known", AccountKind, field="kind")]

    def __str__(self) -> str:
        return self.code


class Entry(models.Model):
    """One balanced journal entry, caused by exactly one event."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.OneToOneField("shared.LoggedEvent", on_delete=models.PROTECT, related_name="+")
    memo = models.CharField(max_length=200)
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [models.Index(fields=["posted_at", "id"], name="entry_by_time")]

    def __str__(self) -> str:
        return self.memo


class Posting(models.Model):
    """One side of an entry. `reference` is the thing it belongs to (an order, a payout)."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default=DEFAULT_CURRENCY)
    reference = models.CharField(max_length=20, db_collation="C")
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="posting_not_zero")
        ]
        indexes = [
            models.Index(
                fields=["account", "reference"],
                include=["amount_minor"],
                name="posting_by_account_ref",
            ),
            models.Index(fields=["account", "posted_at", "id"], name="posting_statement"),
            models.Index(fields=["reference"], name="posting_by_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.reference}"


class PeriodLock(models.Model):
    """A closed month. While the row stands, the database refuses postings before `until`.

    `postings` and `debit_minor` are what the month held when it was closed: the proof that nothing
    came into it since.
    """

    id = models.BigAutoField(primary_key=True)
    # The first day of the month, in Tanzania.
    month = models.DateField(_("month"), unique=True)
    until = models.DateTimeField()
    event = models.OneToOneField("shared.LoggedEvent", on_delete=models.PROTECT, related_name="+")
    postings = models.PositiveBigIntegerField(_("postings"))
    debit_minor = models.BigIntegerField(_("debit"))
    closed_at = models.DateTimeField(_("closed"))

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="period_lock_month_begins_on_its_first"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__gte=models.F("until")),
                name="period_lock_month_was_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ClosedTotal(models.Model):
    """All that was posted to an account before the end of a closed month: written by its close, gone
    when it is opened again. What comes later is added by whoever asks (`totals.py`)."""

    id = models.BigAutoField(primary_key=True)
    lock = models.ForeignKey(
        PeriodLock, on_delete=models.CASCADE, related_name="totals", db_index=False
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    debit_minor = models.BigIntegerField(_("debit"))
    credit_minor = models.BigIntegerField(_("credit"))

    class Meta:
        verbose_name = _("total of a closed month")
        verbose_name_plural = _("totals of closed months")
        constraints = [
            models.UniqueConstraint(fields=["lock", "account"], name="closed_total_once"),
            not_negative("closed_total_sides_not_negative", "debit_minor", "credit_minor"),
        ]

    def __str__(self) -> str:
        return f"{self.lock_id} {self.account_id}"


class Seal(models.Model):
    """One link of the chain over the event log and the books: what stood there when it was made.

    `digest` is SHA-256 in hex over the one before (`previous`), the seal's own figures and the digests
    of its rows. Who keeps the last one elsewhere can prove later that nothing was changed before it.
    """

    # Counted by us, not by a sequence: a gap is a seal that somebody took away.
    number = models.BigIntegerField(_("number"), primary_key=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    rows = models.PositiveIntegerField(_("rows"))
    # How far the rows were read, as a UUIDv7 of that moment.
    reached = models.UUIDField()
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1, rows__gte=1), name="seal_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


class SealedRow(models.Model):
    """One event, or one entry with its postings, as it stood when it was sealed."""

    # The event's or the entry's own; no foreign key, since a row that went missing is to be named.
    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=5)
    digest = models.BinaryField(max_length=32)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("sealed row")
        verbose_name_plural = _("sealed rows")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["event", "entry"]), name="sealed_row_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

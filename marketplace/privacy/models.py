"""Accounts that staff looked at as their owners see them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.shared.fields import reference_field
from marketplace.shared.ids import uuid7


class Sight(models.Model):
    """A member of staff sees what a buyer or seller sees, and can do nothing there, until `ends_at`.

    Bound to the session of the console in which it began. What was looked at stands in the event log.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = reference_field("SGT")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who looks"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("whose account"),
    )
    reason = models.CharField(_("reason"), max_length=300)
    console_session_id = models.UUIDField()
    began_at = models.DateTimeField(_("began"))
    ends_at = models.DateTimeField(_("ends"))
    # Null while it stands, or where it simply ran out.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )

    class Meta:
        verbose_name = _("account seen by staff")
        verbose_name_plural = _("accounts seen by staff")
        constraints = [
            models.CheckConstraint(condition=~Q(staff=F("user")), name="sight_of_somebody_else"),
            models.CheckConstraint(condition=~Q(reason=""), name="sight_with_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("began_at")), name="sight_ends"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_at__gte=F("began_at")),
                name="sight_ended_after_it_began",
            ),
        ]
        indexes = [
            models.Index(
                fields=["staff"], condition=Q(ended_at=None), name="sight_not_ended_by_staff"
            )
        ]

    def __str__(self) -> str:
        return self.reference

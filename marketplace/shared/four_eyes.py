"""Two people for one decision: one asks and says why, another agrees or does not. Nobody is exempt.

A context's model inherits the columns, its `Meta` names the constraints, its commands call `decide`
under their own lock. The database repeats the rule, whoever writes the row.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.shared import clock
from marketplace.shared.actors import Actor, ActorKind
from marketplace.shared.errors import Forbidden, Invalid
from marketplace.shared.states import Transitions, by, move

REASON_MAX = 300


class FourEyes(Forbidden):
    code = "four_eyes"
    message = _("Who asked for this cannot decide about it. Please ask a colleague.")


class NotWhoAsked(Forbidden):
    code = "not_who_asked"
    message = _("Only who asked for this can withdraw it. You can reject it.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Say why, so that others understand it a year from now.")
    field = "reason"


class RequestStatus(models.TextChoices):
    """Of a request that nothing but people ends; one that also ends by itself has states of its own."""

    REQUESTED = "requested", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REQUEST_TRANSITIONS: Transitions = {
    RequestStatus.REQUESTED: {
        RequestStatus.APPROVED: by(ActorKind.STAFF),
        RequestStatus.REJECTED: by(ActorKind.STAFF),
        RequestStatus.WITHDRAWN: by(ActorKind.STAFF),
    },
    RequestStatus.APPROVED: {},
    RequestStatus.REJECTED: {},
    RequestStatus.WITHDRAWN: {},
}


class TwoPersonRequest(models.Model):
    """What one person asks for and another decides. A subclass adds what it is about."""

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=RequestStatus.choices,
        default=RequestStatus.REQUESTED,
    )
    reason = models.CharField(_("reason"), max_length=REASON_MAX)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.CharField(max_length=REASON_MAX, blank=True)

    class Meta:
        abstract = True


def says_why(name: str) -> Any:
    return models.CheckConstraint(condition=~Q(reason=""), name=name)


def asked_once(name: str, about: str) -> Any:
    """At most one request about the same thing waits."""
    return models.UniqueConstraint(fields=[about], condition=Q(status="requested"), name=name)


def decided_by_another(name: str, *undecided: str) -> Any:
    """Somebody else decided, save in the states that nobody decides: waiting, and `undecided`."""
    nobody_decides = Q(status="requested")
    for state in undecided:
        nobody_decides |= Q(status=state)
    return models.CheckConstraint(
        condition=nobody_decides
        | (
            Q(decided_by__isnull=False)
            & Q(decided_at__isnull=False)
            & ~Q(decided_by=F("requested_by"))
        ),
        name=name,
    )


def reason_given(reason: str) -> str:
    """The reason in one line. Raises ReasonMissing."""
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise ReasonMissing
    return reason


def decide(
    request: TwoPersonRequest,
    wanted: str,
    transitions: Transitions = REQUEST_TRANSITIONS,
    *,
    actor: Actor,
    reason: str = "",
) -> str:
    """A second person's word on a locked request; the state it left.

    Raises FourEyes for whoever asked, and as `move`.
    """
    if request.requested_by_id == actor.user_id:
        raise FourEyes
    return move(
        request,
        wanted,
        transitions,
        actor=actor,
        decided_by_id=actor.user_id,
        decided_at=clock.now(),
        decision_reason=reason,
    )


def withdraw(
    request: TwoPersonRequest, transitions: Transitions = REQUEST_TRANSITIONS, *, actor: Actor
) -> str:
    """Whoever asked does not want it any more: the locked request ends; the state it left.

    Raises NotWhoAsked, and as `move`.
    """
    if request.requested_by_id != actor.user_id:
        raise NotWhoAsked
    return move(request, RequestStatus.WITHDRAWN, transitions, actor=actor, decided_at=clock.now())

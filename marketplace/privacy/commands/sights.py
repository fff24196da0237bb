"""Looking at an account as its owner sees it: begun with a reason, over at once when it is ended."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from marketplace.accounts.queries import console_sessions_of, get_user
from marketplace.privacy.errors import (
    SightNeedsSession,
    SightNotYours,
    SightOfNobody,
    SightOfStaff,
    SightOver,
    SightReasonMissing,
)
from marketplace.privacy.events import SightBegun, SightEnded, SightUsed
from marketplace.privacy.models import Sight
from marketplace.privacy.policies import PATH_MAX
from marketplace.privacy.queries import is_standing
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.locks import one_at_a_time
from marketplace.shared.outbox import record


@transaction.atomic
def begin_sight(
    *, user_id: UUID, reason: str, console_session_id: UUID | None, actor: Actor
) -> Sight:
    """Let the actor see the account for `SIGHT_MINUTES`; the owner is told. One at a time for each of
    staff: an earlier one ends.

    Raises UserNotFound, SightOfStaff, SightOfNobody, SightReasonMissing and SightNeedsSession.
    """
    staff_id, reason = UUID(actor.id), reason.strip()
    user = get_user(user_id)
    if user.is_staff or user.is_superuser:
        raise SightOfStaff
    if not user.is_active:
        raise SightOfNobody
    if not reason:
        raise SightReasonMissing
    sessions = console_sessions_of(staff_id)
    if console_session_id is None or not sessions.filter(pk=console_session_id).exists():
        raise SightNeedsSession
    one_at_a_time(f"sights-of:{staff_id}")
    end_sights(staff_id=staff_id, actor=actor)
    now = clock.now()
    sight = Sight.objects.create(
        staff_id=staff_id,
        user=user,
        reason=reason,
        console_session_id=console_session_id,
        began_at=now,
        ends_at=now + timedelta(minutes=settings.SIGHT_MINUTES),
    )
    record(
        SightBegun(
            user_id=user.pk, sight_id=sight.pk, reason=reason, minutes=settings.SIGHT_MINUTES
        ),
        actor=actor,
    )
    return sight


@transaction.atomic
def end_sight(*, sight_id: UUID, may_end_others: bool, actor: Actor) -> None:
    """From the commit on nothing is shown any more; one that is over stays as it is.

    Raises SightNotYours to who neither began it nor may end those of others.
    """
    sight = Sight.objects.select_for_update().get(pk=sight_id)
    if sight.staff_id != actor.user_id and not may_end_others:
        raise SightNotYours
    _end(sight, actor)


@transaction.atomic
def end_sights(*, staff_id: UUID, actor: Actor, console_session_id: UUID | None = None) -> None:
    """End what a member of staff has open, or what they have open in one session."""
    sights = Sight.objects.select_for_update().filter(staff_id=staff_id, ended_at=None)
    if console_session_id is not None:
        sights = sights.filter(console_session_id=console_session_id)
    for sight in sights.order_by("pk"):
        _end(sight, actor)


@transaction.atomic
def note_use(*, sight_id: UUID, method: str, path: str, status: int, actor: Actor) -> None:
    """Write down what was asked for and what came of it, before the answer leaves.

    Raises SightOver where it was ended meanwhile: the row is locked, so of an end and an answer one
    comes first, and what was ended shows nothing more.
    """
    sight = (
        Sight.objects.select_for_update(of=("self",))
        .select_related("staff", "user")
        .get(pk=sight_id)
    )
    if not is_standing(sight):
        raise SightOver
    record(
        SightUsed(
            sight_id=sight.pk,
            user_id=sight.user_id,
            method=method,
            path=path[:PATH_MAX],
            status=status,
        ),
        actor=actor,
    )


def _end(sight: Sight, actor: Actor) -> None:
    if sight.ended_at is not None:
        return
    now = clock.now()
    # One that ran out is over since then, and nobody ended it.
    is_over = sight.ends_at <= now
    sight.ended_at = sight.ends_at if is_over else now
    sight.ended_by_id = None if is_over else actor.user_id
    sight.save(update_fields=["ended_at", "ended_by"])
    if not is_over:
        record(SightEnded(user_id=sight.user_id, sight_id=sight.pk), actor=actor)

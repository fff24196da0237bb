"""Who looks at a lot, and which sights of accounts stand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from marketplace.accounts.queries import console_sessions_of
from marketplace.accounts.tokens import Acting, issue_sight
from marketplace.privacy.errors import SightOver
from marketplace.privacy.events import PersonRevealed, RecordRevealed, SellerRevealed, SightUsed
from marketplace.privacy.models import Sight
from marketplace.privacy.policies import SIGHT_DUTY
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent

REVEALS = tuple(one.name for one in (PersonRevealed, SellerRevealed, RecordRevealed))
HOUR = timedelta(hours=1)


def reveals_of_the_hour(*, now: datetime) -> Mapping[str, int]:
    """How often each member of staff, by the id of their account, revealed something since an hour ago."""
    rows = LoggedEvent.objects.filter(name__in=REVEALS, occurred_at__gte=now - HOUR)
    return dict(rows.values_list("actor_id").annotate(times=Count("pk")).order_by("-times"))


def standing(*, sight_id: UUID, staff_id: UUID, user_id: UUID) -> Sight:
    """The sight, where it stands: not over, and who looks is still on duty in the session in which they
    began, at somebody who is no colleague. Raises SightOver."""
    rows = Sight.objects.select_related("staff", "user")
    sight = rows.filter(pk=sight_id, staff_id=staff_id, user_id=user_id).first()
    if sight is None or not is_standing(sight):
        raise SightOver
    return sight


def is_standing(sight: Sight) -> bool:
    """Asks the database for the duty and the session of who looks."""
    staff: Any = sight.staff
    return (
        sight.ended_at is None
        and clock.now() < sight.ends_at
        and staff.is_active
        and staff.has_perm(f"backoffice.{SIGHT_DUTY}")
        and not sight.user.is_staff
        and console_sessions_of(staff.pk).filter(pk=sight.console_session_id).exists()
    )


def sight_token(sight: Sight) -> str:
    """What opens the API for reading, as the person whose account it is, while the sight stands."""
    return issue_sight(sight.user, Acting(sight.staff_id, sight.pk), until=sight.ends_at)


def sight_by_id(sight_id: UUID) -> Sight:
    """One that an event names; it is never deleted."""
    return Sight.objects.get(pk=sight_id)


def uses_of(sight: Sight) -> QuerySet[LoggedEvent]:
    """What was looked at, the newest first."""
    rows = LoggedEvent.objects.filter(aggregate=SightUsed.aggregate, aggregate_id=str(sight.pk))
    return rows.filter(name=SightUsed.name).order_by("-id")

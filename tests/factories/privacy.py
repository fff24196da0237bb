"""Sights of accounts: who of staff looks at whose."""

from datetime import timedelta
from typing import Any

from marketplace.accounts.models import ConsoleSession, User
from marketplace.privacy.commands import begin_sight
from marketplace.privacy.models import Sight
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from tests.factories.accounts import a_buyer, a_console_session, a_staff_member, staff_actor

REASON = "They cannot find their order"


def a_watcher(role: str = "operations_lead", **changes: Any) -> User:
    """A member of staff who may look at accounts, signed in to the console."""
    staff = a_staff_member(role, **changes)
    a_console_session(staff)
    return staff


def a_sight(user: User | None = None, staff: User | None = None) -> Sight:
    """One that began a moment ago, as it is begun in life."""
    staff = staff or a_watcher()
    session = ConsoleSession.objects.filter(user=staff, ended_at=None).latest("opened_at")
    return begin_sight(
        user_id=(user or a_buyer()).pk,
        reason=REASON,
        console_session_id=session.pk,
        actor=staff_actor(staff),
    )


def a_sight_that_is_over(user: User) -> Sight:
    """A row, for pages that show one."""
    now = clock.now()
    return Sight.objects.create(
        staff=a_staff_member(),
        user=user,
        reason=REASON,
        console_session_id=uuid7(),
        began_at=now - timedelta(hours=1),
        ends_at=now - timedelta(minutes=45),
    )

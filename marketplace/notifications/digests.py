"""What finance reads in the morning: what waits at its desks, and what waits too long."""

from datetime import datetime

from marketplace.accounts.queries import people_in_role
from marketplace.notifications import commands
from marketplace.payments.queries import issues_at_desk
from marketplace.reconciliation.waiting import open_at_desk
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.money import format_minor

NOTIFICATIONS = Actor.system("notifications")
FINANCE = "finance"
# From this hour on, as clocks in Tanzania show it.
MORNING = 7


def send_digests(now: datetime | None = None) -> str:
    """Tell everybody in finance once a day what waits; nothing where nothing does. Repeatable.

    A day whose morning was missed is told of later that day.
    """
    now = now or clock.now()
    local = now.astimezone(clock.EAT)
    if local.hour < MORNING:
        return "not yet"
    exceptions, issues = open_at_desk(now=now), issues_at_desk(now=now)
    if not exceptions.count and not issues.count:
        return "nothing waits"
    oldest = min(at for at in (exceptions.oldest_at, issues.oldest_at) if at is not None)
    day = f"{local:%d/%m/%Y}"
    told = 0
    for user_id in people_in_role(FINANCE):
        told += bool(
            commands.tell(
                code="finance_digest",
                context={
                    "day": day,
                    "exceptions": exceptions.count,
                    "late_exceptions": exceptions.late,
                    "amount": format_minor(exceptions.absolute_minor),
                    "issues": issues.count,
                    "late_issues": issues.late,
                    "oldest": f"{oldest.astimezone(clock.EAT):%d/%m/%Y}",
                },
                dedupe_key=f"digest:{local:%Y-%m-%d}",
                actor=NOTIFICATIONS,
                user_id=user_id,
            )
        )
    return f"{told} people told"

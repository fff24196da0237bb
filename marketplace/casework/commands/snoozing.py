"""Putting a case aside until something can be done about it. Its clock goes on."""

from datetime import datetime

from django.db import transaction

from marketplace.casework.commands.cases import locked
from marketplace.casework.errors import SnoozeInvalid
from marketplace.casework.events import CaseSnoozed, CaseWoken
from marketplace.casework.models import Work
from marketplace.casework.policies import SNOOZE_MAX
from marketplace.casework.states import Case
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.outbox import record


@transaction.atomic
def snooze_case(*, case: Case, until: datetime, reason: str, actor: Actor) -> Work:
    """Hide it from the queue until then. Raises SnoozeInvalid."""
    now = clock.now()
    if not now < until <= now + SNOOZE_MAX:
        raise SnoozeInvalid(days=SNOOZE_MAX.days)
    work = locked(case)
    work.snoozed_until, work.snooze_reason = until, reason
    work.save(update_fields=["snoozed_until", "snooze_reason"])
    record(CaseSnoozed(case_id=case.key, until=until, reason=reason), actor=actor)
    return work


@transaction.atomic
def wake_case(*, case: Case, actor: Actor) -> Work:
    """Show it in the queue again."""
    work = locked(case)
    if work.snoozed_until is not None:
        work.snoozed_until, work.snooze_reason = None, ""
        work.save(update_fields=["snoozed_until", "snooze_reason"])
        record(CaseWoken(case_id=case.key), actor=actor)
    return work

"""Whose a case is: taken, given to a colleague, put back."""

from uuid import UUID

from django.db import transaction

from marketplace.accounts.queries import active_staff, contact_of
from marketplace.casework.commands.cases import locked
from marketplace.casework.errors import CaseTaken, ColleagueUnknown
from marketplace.casework.events import CaseAssigned, CaseClaimed, CaseReleased
from marketplace.casework.models import Work
from marketplace.casework.states import Case
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.events import Event
from marketplace.shared.outbox import record


@transaction.atomic
def claim_case(*, case: Case, actor: Actor) -> Work:
    """Take a case that nobody has; taking one's own again changes nothing.

    Raises CaseTaken to the slower of two.
    """
    work = locked(case)
    if work.assignee_id is not None and work.assignee_id != actor.user_id:
        raise CaseTaken(colleague=_name(work.assignee_id))
    if work.assignee_id is None:
        _give(work, actor.user_id, CaseClaimed(case_id=case.key), actor)
    return work


@transaction.atomic
def assign_case(*, case: Case, assignee_id: UUID, actor: Actor) -> Work:
    """Give a case to a colleague, also one that another colleague has.

    Raises ColleagueUnknown for who may not enter.
    """
    if not active_staff(ids=[assignee_id]):
        raise ColleagueUnknown
    work = locked(case)
    if work.assignee_id != assignee_id:
        _give(work, assignee_id, CaseAssigned(case_id=case.key, assignee_id=assignee_id), actor)
    return work


@transaction.atomic
def release_case(*, case: Case, actor: Actor) -> Work:
    """Put it back for anybody; colleagues may do it for one who is away."""
    work = locked(case)
    if work.assignee_id is not None:
        _give(work, None, CaseReleased(case_id=case.key), actor)
    return work


def _give(work: Work, assignee_id: UUID | None, event: Event, actor: Actor) -> None:
    before, work.assignee_id = work.assignee_id, assignee_id
    work.assigned_at = clock.now() if assignee_id else None
    work.save(update_fields=["assignee", "assigned_at"])
    record(
        event,
        actor=actor,
        before={"assignee": _name(before)},
        after={"assignee": _name(assignee_id)},
    )


def _name(user_id: UUID | None) -> str:
    return contact_of(user_id=user_id).name if user_id else ""

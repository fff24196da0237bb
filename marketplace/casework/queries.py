"""Reading who works on what."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from marketplace.accounts.queries import active_staff
from marketplace.casework.errors import BulkNotFound, MacroNotFound
from marketplace.casework.models import BulkRun, Macro, Mention, Note, QueueTime, SavedView, Work
from marketplace.casework.policies import DEFAULT_HOURS
from marketplace.casework.states import BulkStatus


def work_on(*, kind: str, case_ids: Collection[str]) -> dict[tuple[str, datetime], Work]:
    """(case id, moment it entered) → who works on it; one query. Cases that nobody touched are absent."""
    rows = Work.objects.filter(kind=kind, case_id__in=case_ids).select_related("assignee")
    return {(row.case_id, row.entered_at): row for row in rows}


def notes_on(*, kind: str, case_id: str) -> QuerySet[Note]:
    """Newest first."""
    return Note.objects.filter(kind=kind, case_id=case_id).select_related("author").order_by("-id")


def mentions_of(*, user_id: UUID) -> QuerySet[Mention]:
    """Where a person is named, the newest first."""
    rows = Mention.objects.filter(user_id=user_id)
    return rows.select_related("note__author").order_by("-id")


def unseen_mentions(*, user_id: UUID) -> int:
    return Mention.objects.filter(user_id=user_id, seen_at=None).count()


def held_by(*, user_id: UUID) -> QuerySet[Work]:
    """What a person has taken or was given, also what is settled by now; the newest first."""
    return Work.objects.filter(assignee_id=user_id).order_by("-assigned_at")


def views_for(*, queue: str, user_id: UUID) -> list[SavedView]:
    """A person's own views of a queue and those that others share, by name."""
    rows = SavedView.objects.filter(Q(owner_id=user_id) | Q(is_shared=True), queue=queue)
    return list(rows.select_related("owner").order_by("name", "id"))


def allowed_in(queue: str) -> timedelta:
    """How long a case may wait there."""
    return allowed_in_each()[queue]


def late_if_before(queue: str, now: datetime) -> Coalesce:
    """The moment before which a case must have entered to be late at `now`, as part of a statement."""
    hour = Value(timedelta(hours=1))
    of_queue = QueueTime.objects.filter(queue=queue).annotate(
        moment=ExpressionWrapper(
            Value(now) - ExpressionWrapper(F("hours") * hour, output_field=DurationField()),
            output_field=DateTimeField(),
        )
    )
    otherwise = now - timedelta(hours=DEFAULT_HOURS[queue])
    return Coalesce(Subquery(of_queue.values("moment")), Value(otherwise))


def hours_allowed(queue: str) -> Coalesce:
    """`allowed_in` in hours, as part of a statement."""
    of_queue = QueueTime.objects.filter(queue=queue).values("hours")
    return Coalesce(Subquery(of_queue), Value(DEFAULT_HOURS[queue]))


def allowed_in_each() -> dict[str, timedelta]:
    """The same for all queues; one query."""
    hours = DEFAULT_HOURS | dict(QueueTime.objects.values_list("queue", "hours"))
    return {queue: timedelta(hours=allowed) for queue, allowed in hours.items()}


def times_set() -> dict[str, QueueTime]:
    """Queue → the time that somebody set for it."""
    return {row.queue: row for row in QueueTime.objects.select_related("set_by")}


def macros_of(kind: str) -> list[tuple[str, str, str]]:
    """(id, name, reason) of the prepared answers that are offered there, the most used first."""
    rows = Macro.objects.filter(kind=kind, is_active=True).order_by("-times_used", "name")
    return [
        (str(pk), name, reason) for pk, name, reason in rows.values_list("pk", "name", "reason")
    ]


def get_macro(macro_id: UUID, kind: str) -> Macro:
    """One that is offered there. Raises MacroNotFound."""
    macro = Macro.objects.filter(pk=macro_id, kind=kind, is_active=True).first()
    if macro is None:
        raise MacroNotFound
    return macro


def named_in(body: str, *, among: Iterable[UUID]) -> list[UUID]:
    """Members of staff whose name stands in a text after an @, in any case."""
    written = body.casefold()
    if "@" not in written:
        return []
    colleagues = active_staff(ids=list(among))
    return [one.pk for one in colleagues if f"@{one.name.casefold()}" in written]


def get_bulk(*, run_id: UUID) -> BulkRun:
    """With the person who asked. Raises BulkNotFound."""
    run = BulkRun.objects.select_related("requested_by").filter(pk=run_id).first()
    if run is None:
        raise BulkNotFound
    return run


def bulk_runs_of(*, user_id: UUID) -> QuerySet[BulkRun]:
    """What a person decided in bulk, the newest first."""
    return BulkRun.objects.filter(requested_by_id=user_id).order_by("-id")


def unseen_bulk_runs(*, user_id: UUID) -> int:
    """Finished, and whoever asked has not looked at the outcome."""
    return BulkRun.objects.filter(
        requested_by_id=user_id, status=BulkStatus.FINISHED, seen_at=None
    ).count()

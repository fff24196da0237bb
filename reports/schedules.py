"""Reports that order themselves: on a day and hour, for people who may see them.

The mail carries a link that is signed, expires, works for its recipient only and asks for their
permission again; the file itself never leaves by mail. After an outage the latest beat that was
missed is made up for, once; earlier ones would say what it says.
"""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from marketplace.accounts.queries import active_staff
from marketplace.notifications.commands import tell
from marketplace.shared import clock
from marketplace.shared.actors import Actor
from marketplace.shared.errors import DomainError
from marketplace.shared.outbox import record
from marketplace.shared.states import move
from reports.base import Format, Report, period_in_words
from reports.errors import (
    BeatInvalid,
    FormatUnknown,
    LinkInvalid,
    PeriodFixed,
    RecipientsMissing,
    RecipientUnfit,
    ReportForbidden,
    ScheduleNotFound,
)
from reports.events import (
    ReportScheduled,
    ScheduleSkipped,
    ScheduleStatusChanged,
)
from reports.models import (
    SCHEDULE_TRANSITIONS,
    Cadence,
    ReportRun,
    ReportSchedule,
    RunStatus,
    ScheduleRecipient,
    ScheduleStatus,
)
from reports.periods import Preset
from reports.registry import get_report
from reports.runs import check_permission, download_url, may_see, order

SCHEDULES = Actor.system("reports")
RECIPIENTS_MAX = 20
SCHEDULES_PER_SWEEP = 200
LINK_SALT = "report-link"
HOURS_IN_DAY, DAYS_IN_WEEK, DAYS_IN_MONTH_MAX = 24, 7, 31
# No beat is further away than that: the same day of the month after next.
LOOK_DAYS = 2 * DAYS_IN_MONTH_MAX


@transaction.atomic
def schedule_report(
    *,
    report: str,
    parameters: Mapping[str, Any],
    format: str,
    cadence: str,
    day: int,
    hour: int,
    emails: Sequence[str],
    actor: Actor,
) -> ReportSchedule:
    """Order a report again and again; `day` and `hour` as `ReportSchedule` has them.

    Raises ReportUnknown, ReportForbidden, FormatUnknown, ParameterInvalid, PeriodFixed, BeatInvalid,
    RecipientsMissing, and RecipientUnfit (naming who is no member of staff with the permission).
    """
    chosen = get_report(report)
    person = check_permission(chosen, actor)
    if format not in chosen.formats:
        raise FormatUnknown(known=", ".join(Format(one).label for one in chosen.formats))
    asked = _relative(chosen, parameters)
    recipients = _recipients(chosen, emails)
    schedule = ReportSchedule(
        report=chosen.code,
        parameters=asked,
        format=format,
        cadence=_cadence(cadence, day, hour),
        day=day,
        hour=hour,
        created_by_id=person,
        created_at=clock.now(),
    )
    schedule.next_at = next_beat(schedule, after=clock.now())
    schedule.save(force_insert=True)
    ScheduleRecipient.objects.bulk_create(
        ScheduleRecipient(schedule=schedule, user_id=user_id) for user_id in recipients
    )
    record(
        ReportScheduled(schedule_id=schedule.pk),
        actor=actor,
        after={
            "report": schedule.report,
            "format": format,
            "parameters": asked,
            "cadence": cadence,
            "recipients": [str(user_id) for user_id in recipients],
        },
    )
    return schedule


@transaction.atomic
def change_schedule(
    *, schedule_id: UUID, status: str, actor: Actor, reason: str = ""
) -> ReportSchedule:
    """Pause, resume or delete; what is resumed goes on with its next beat.

    Raises ScheduleNotFound, ReportForbidden, IllegalTransition.
    """
    schedule = ReportSchedule.objects.select_for_update().filter(pk=schedule_id).first()
    if schedule is None:
        raise ScheduleNotFound
    check_permission(get_report(schedule.report), actor)
    before = move(
        schedule,
        status,
        SCHEDULE_TRANSITIONS,
        actor=actor,
        next_at=next_beat(schedule, after=clock.now()),
    )
    record(
        ScheduleStatusChanged(schedule_id=schedule.pk, status=status, reason=reason[:300]),
        actor=actor,
        before={"status": before},
        after={"status": status},
    )
    return schedule


def order_due() -> str:
    """The sweep: order what is due, once per beat. Safe to run twice, and at once."""
    due = ReportSchedule.objects.filter(status=ScheduleStatus.ACTIVE, next_at__lte=clock.now())
    ids = due.order_by("next_at").values_list("pk", flat=True)[:SCHEDULES_PER_SWEEP]
    ordered = sum(_order(schedule_id) for schedule_id in list(ids))
    return f"{ordered} reports ordered"


@transaction.atomic
def tell_recipients(*, run_id: UUID) -> None:
    """Mail the link to a scheduled report, or that it failed, to all who may see it now."""
    run = ReportRun.objects.select_related("schedule").get(pk=run_id)
    if run.schedule is None or run.status not in {RunStatus.READY, RunStatus.FAILED}:
        return
    report = get_report(run.report)
    for user_id in _permitted(run.schedule, report):
        context = {"report": report.title, "period": period_in_words(run.parameters)}
        if run.status == RunStatus.READY:
            context |= {"link": link_for(run, user_id), "days": settings.REPORT_DAYS}
        else:
            context |= {"reason": run.failure}
        tell(
            code="report_ready" if run.status == RunStatus.READY else "report_failed",
            context=context,
            dedupe_key=f"report:{run.pk}",
            actor=SCHEDULES,
            user_id=user_id,
            about=run.reference,
        )


def link_for(run: ReportRun, user_id: UUID) -> str:
    """The address that gives this person the file, once they have signed in."""
    token = signing.dumps([str(run.pk), str(user_id)], salt=LINK_SALT)
    return f"{settings.PUBLIC_URL}{reverse('report-link', args=[token])}"


def follow_link(*, token: str, actor: Actor) -> str:
    """The file behind a mailed link. Raises LinkInvalid where it is forged, over or somebody else's,
    and what `download_url` raises: the permission may be gone."""
    try:
        run_id, user_id = signing.loads(
            token, salt=LINK_SALT, max_age=timedelta(days=settings.REPORT_DAYS)
        )
    except signing.BadSignature as error:
        raise LinkInvalid from error
    if actor.user_id is None or str(actor.user_id) != user_id:
        raise LinkInvalid
    return download_url(run_id=UUID(run_id), actor=actor)


def next_beat(schedule: ReportSchedule, *, after: datetime) -> datetime:
    """The first beat later than `after`."""
    first = after.astimezone(clock.EAT).date()
    beats = (_beat(schedule, first + timedelta(days=days)) for days in range(LOOK_DAYS))
    return next(beat for beat in beats if beat is not None and beat > after)


def latest_beat(schedule: ReportSchedule, *, until: datetime) -> datetime:
    """The last beat that is not later than `until`."""
    last = until.astimezone(clock.EAT).date()
    beats = (_beat(schedule, last - timedelta(days=days)) for days in range(LOOK_DAYS))
    return next(beat for beat in beats if beat is not None and beat <= until)


def _beat(schedule: ReportSchedule, day: date) -> datetime | None:
    """When it strikes on a day, if it does."""
    if schedule.cadence == Cadence.WEEKLY and day.isoweekday() != schedule.day:
        return None
    last = calendar.monthrange(day.year, day.month)[1]
    if schedule.cadence == Cadence.MONTHLY and day.day != min(schedule.day, last):
        return None
    return datetime.combine(day, time(schedule.hour), tzinfo=clock.EAT)


@transaction.atomic
def _order(schedule_id: UUID) -> bool:
    """Whether this beat ordered a report; the next is set either way."""
    now = clock.now()
    schedule = (
        ReportSchedule.objects.select_for_update(skip_locked=True)
        .filter(pk=schedule_id, status=ScheduleStatus.ACTIVE, next_at__lte=now)
        .first()
    )
    if schedule is None:
        return False
    due_at = latest_beat(schedule, until=now)
    ReportSchedule.objects.filter(pk=schedule.pk).update(next_at=next_beat(schedule, after=now))
    try:
        report = get_report(schedule.report)
        values = report.parse(schedule.parameters, today=due_at.astimezone(clock.EAT).date())
        if not _permitted(schedule, report):
            raise ReportForbidden
    except DomainError as refusal:
        skipped = ScheduleSkipped(schedule_id=schedule.pk, reason=str(refusal))
        record(skipped, actor=SCHEDULES, after={"due_at": due_at.isoformat()})
        return False
    order(
        report,
        values,
        schedule.format,
        person=schedule.created_by_id,
        actor=SCHEDULES,
        schedule=schedule,
        due_at=due_at,
    )
    return True


def _relative(report: Report, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The parameters as they were asked, once it is sure that they mean something every time."""
    report.parse(parameters)
    dates = {name for one in report.parameters for name in one.resolves}
    asked = {
        name: str(value).strip()
        for name, value in parameters.items()
        if name not in dates and str(value if value is not None else "").strip()
    }
    for parameter in report.parameters:
        if parameter.resolves and asked.get(parameter.name, Preset.CUSTOM) == Preset.CUSTOM:
            raise PeriodFixed
    return asked


def _recipients(report: Report, emails: Sequence[str]) -> list[UUID]:
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails if email.strip()))
    if not 1 <= len(wanted) <= RECIPIENTS_MAX:
        raise RecipientsMissing(most=RECIPIENTS_MAX)
    found = {
        (user.email or "").lower(): user
        for user in active_staff(emails=wanted)
        if may_see(user, report)
    }
    for email in wanted:
        if email not in found:
            raise RecipientUnfit(email=email)
    return [found[email].pk for email in wanted]


def _permitted(schedule: ReportSchedule, report: Report) -> list[UUID]:
    """The recipients who are staff and may see the report at this moment."""
    ids = list(schedule.recipients.order_by("pk").values_list("user_id", flat=True))
    return [user.pk for user in active_staff(ids=ids) if may_see(user, report)]


def _cadence(cadence: str, day: int, hour: int) -> Cadence:
    if cadence not in Cadence.values or not 0 <= hour < HOURS_IN_DAY:
        raise BeatInvalid
    most = DAYS_IN_MONTH_MAX if cadence == Cadence.MONTHLY else DAYS_IN_WEEK
    if not 1 <= day <= most:
        raise BeatInvalid
    return Cadence(cadence)

"""Reports that order themselves: who gets which, how often; paused, resumed and deleted here."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console, is_about_one
from backoffice.admin.report_orders import QuestionsForm
from backoffice.admin.reports import DUTY, seen_by, title_of
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import link, moment, page_of, state, state_column, two_lines
from backoffice.pages.forms import Choice, LongWords, Number, ReasonForm
from backoffice.pages.search import upper
from reports.base import ParameterKind, Report, period_in_words
from reports.models import SCHEDULE_TRANSITIONS, Cadence, ReportSchedule, ScheduleStatus
from reports.periods import Preset
from reports.registry import REPORTS
from reports.schedules import DAYS_IN_MONTH_MAX, HOURS_IN_DAY, change_schedule, schedule_report

HOUR_PROPOSED = 7


class ScheduleForm(QuestionsForm):
    """The report's questions, without days of one's own, and when to send it to whom."""

    report: Report

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(self.report, *args, **kwargs)
        for parameter in self.report.parameters:
            field = self.fields[parameter.name]
            if parameter.kind == ParameterKind.DATE:
                del self.fields[parameter.name]
            elif parameter.resolves:
                field.choices = [one for one in field.choices if one[0] != Preset.CUSTOM]  # type: ignore[attr-defined]
                field.widget.attrs.pop("x-model", None)
                field.initial = Preset.LAST_MONTH.value
            else:
                field.initial = parameter.initial
        self.fields["format"] = Choice(
            label=_("Format"), choices=[(one.value, one.label) for one in self.report.formats]
        )
        self.fields["cadence"] = Choice(
            label=_("How often"), choices=Cadence.choices, initial=Cadence.MONTHLY
        )
        self.fields["day"] = Number(
            label=_("Day"),
            min_value=1,
            max_value=DAYS_IN_MONTH_MAX,
            initial=1,
            help_text=_("Of the week (1 is Monday) or of the month; 31 is its last day."),
        )
        self.fields["hour"] = Number(
            label=_("Hour in Tanzania"),
            min_value=0,
            max_value=HOURS_IN_DAY - 1,
            initial=HOUR_PROPOSED,
        )
        self.fields["recipients"] = LongWords(
            label=_("Recipients"),
            help_text=_("E-mail addresses of staff who may see this report, one a line."),
        )


def _schedule(asked: Asked, *, report: Report) -> HttpResponse:
    names = {parameter.name for parameter in report.parameters}
    schedule = schedule_report(
        report=report.code,
        parameters={name: value for name, value in asked.data.items() if name in names},
        format=asked.data["format"],
        cadence=asked.data["cadence"],
        day=asked.data["day"],
        hour=asked.data["hour"],
        emails=asked.data["recipients"].replace(",", "\n").split(),
        actor=asked.actor,
    )
    return HttpResponseRedirect(page_of(schedule))


def _may_see(thing: Any, request: HttpRequest, *, report: Report) -> bool:
    return report in seen_by(request)


def _scheduling(report: Report) -> Decision:
    return Decision(
        report.code,
        report.title,
        DUTY,
        partial(_schedule, report=report),
        done=_("The report orders itself from now on."),
        form=type(f"Schedule{report.code}", (ScheduleForm,), {"report": report}),
        ask=report.description,
        icon="schedule_send",
        when=partial(_may_see, report=report),
        submit=_("Schedule it"),
        own_page=True,
    )


def _changing(status: ScheduleStatus, name: str, label: Any, icon: str, **more: Any) -> Decision:
    def run(asked: Asked) -> None:
        change_schedule(
            schedule_id=asked.object.pk,
            status=status,
            actor=asked.actor,
            reason=asked.data.get("reason", ""),
        )

    when = may_become(SCHEDULE_TRANSITIONS, status)
    return Decision(name, label, DUTY, run, icon=icon, when=when, **more)


@admin.register(ReportSchedule)
class ReportScheduleAdmin(Console):
    """One list of all of them; a deleted one stays as a trace."""

    is_exported = False

    aggregate = "schedule"
    chips = "status"
    intro = _(
        "Schedules mail a link to a report; each recipient must sign in, and may see it still."
    )
    empty = _("Choose a report above to have it mailed every day, week or month.")
    list_display = (
        "reference", "title", "beat", "format", "status_label", "next", "created_by",
    )  # fmt: skip
    list_select_related = ("created_by",)
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the schedule")
    status_label = state_column()
    list_decisions = tuple(_scheduling(report) for report in REPORTS.values())
    decisions = (
        _changing(
            ScheduleStatus.PAUSED, "pause", _("Pause"), "pause", done=_("The schedule is paused.")
        ),
        _changing(
            ScheduleStatus.ACTIVE, "resume", _("Resume"), "play_arrow",
            done=_("The schedule goes on with its next beat."), variant="primary",
        ),
        _changing(
            ScheduleStatus.DELETED, "delete", _("Delete"), "delete",
            done=_("The schedule is deleted."), variant="danger",
            ask=_("Nobody gets this report by itself any more. What was made stays."),
            form=ReasonForm,
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportSchedule]:
        """Lists only reports that this person may see: what was asked tells something, too."""
        rows: QuerySet[ReportSchedule] = super().get_queryset(request)
        if is_about_one(request):
            return rows
        return rows.filter(report__in=[report.code for report in seen_by(request)])

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.report not in {report.code for report in seen_by(request)}:
            return False
        return bool(super().has_view_permission(request, obj))

    @display(description=_("Report"), ordering="report")
    def title(self, schedule: ReportSchedule) -> Any:
        return two_lines(title_of(schedule), _asked(schedule))

    @display(description=_("When"))
    def beat(self, schedule: ReportSchedule) -> Any:
        return beat_in_words(schedule)

    @display(description=_("Next"), ordering="next_at")
    def next(self, schedule: ReportSchedule) -> Any:
        return moment(schedule.next_at) if schedule.status == ScheduleStatus.ACTIVE else ""

    def page(self, request: HttpRequest, schedule: ReportSchedule) -> Page:
        recipients = schedule.recipients.select_related("user").order_by("pk")
        runs = schedule.runs.order_by("-pk")[:ROWS_MAX]
        is_active = schedule.status == ScheduleStatus.ACTIVE
        return Page(
            title=title_of(schedule),
            figures=[
                (_("Reference"), schedule.reference),
                (_("When"), beat_in_words(schedule)),
                (_("Next"), moment(schedule.next_at) if is_active else ""),
            ],
            main=[
                Facts(
                    _("What is ordered"),
                    [
                        (_("Parameters"), _asked(schedule)),
                        (_("Format"), schedule.get_format_display()),
                        (_("Created by"), schedule.created_by),
                        (_("Created"), moment(schedule.created_at)),
                        (_("Recipients"), ", ".join(one.user.name for one in recipients)),
                    ],
                ),
                Table(
                    _("Reports made"),
                    [_("Reference"), _("Period"), _("State"), (_("Rows"), "number"), _("Due")],
                    [
                        (
                            link(run),
                            period_in_words(run.parameters),
                            state(run),
                            f"{run.rows_done:,}",
                            moment(run.due_at),
                        )
                        for run in runs
                    ],
                    empty=_("It has not struck yet."),
                ),
            ],
        )


def beat_in_words(schedule: ReportSchedule) -> Any:
    """`Every month, on day 1, at 07:00`."""
    words = {"often": schedule.get_cadence_display(), "hour": f"{schedule.hour:02}:00"}
    if schedule.cadence == Cadence.DAILY:
        return _("%(often)s at %(hour)s") % words
    return _("%(often)s on day %(day)s at %(hour)s") % {**words, "day": schedule.day}


def _asked(schedule: ReportSchedule) -> str:
    """The answers in words: `M-Pesa, Last month`."""
    report = REPORTS.get(schedule.report)
    words = []
    for parameter in report.parameters if report else ():
        value = schedule.parameters.get(parameter.name)
        if value:
            choices = dict(parameter.choices()) if parameter.choices else {}
            words.append(str(choices.get(value, value)))
    return ", ".join(words)

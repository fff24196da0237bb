"""Reports: ordered here, made by a worker, downloaded with a trace."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import moment, page_of, state_column
from backoffice.pages.forms import Choice, Words
from backoffice.pages.search import upper
from reports.base import Format, Parameter, ParameterKind, Report
from reports.models import RUN_TRANSITIONS, ReportRun, RunStatus
from reports.registry import REPORTS
from reports.runs import download_url, request_report, retry_report

DUTY = "order_reports"


class OrderForm(forms.Form):
    """A report's own questions, and the format. `report` is set by the subclass of each report."""

    report: Report

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in self.report.parameters:
            self.fields[parameter.name] = _field_for(parameter)
        self.fields["format"] = Choice(label=_("Format"), choices=Format.choices)


def _field_for(parameter: Parameter) -> forms.Field:
    shared: dict[str, Any] = {
        "label": parameter.label,
        "required": parameter.is_required,
        "initial": parameter.initial,
    }
    if parameter.kind == ParameterKind.CHOICE and parameter.choices:
        nothing = [] if parameter.is_required else [("", _("All"))]
        return Choice(choices=[*nothing, *parameter.choices()], **shared)
    if parameter.kind == ParameterKind.DATE:
        # The report parses it: what is posted goes there as text.
        return forms.CharField(widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}), **shared)
    return Words(**shared)


def _order(asked: Asked, *, report: Report) -> HttpResponse:
    answers = {parameter.name: asked.data[parameter.name] for parameter in report.parameters}
    run = request_report(
        report=report.code, parameters=answers, format=asked.data["format"], actor=asked.actor
    )
    return HttpResponseRedirect(page_of(run))


def _may_see(thing: Any, request: HttpRequest, *, report: Report) -> bool:
    return request.user.has_perm(report.permission)


def _ordering(report: Report) -> Decision:
    """The button above the list that orders one kind of report."""
    return Decision(
        report.code,
        report.title,
        DUTY,
        partial(_order, report=report),
        done=_("The report is ordered; it is made in the background."),
        form=type(f"Order{report.code}", (OrderForm,), {"report": report}),
        ask=report.description,
        icon="summarize",
        when=partial(_may_see, report=report),
        submit=_("Order it"),
        own_page=True,
    )


def _download(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(download_url(run_id=asked.object.pk, actor=asked.actor))


def _retry(asked: Asked) -> None:
    retry_report(run_id=asked.object.pk, actor=asked.actor)


def _is_ready(run: Any, request: HttpRequest) -> bool:
    return run.status == RunStatus.READY


@admin.register(ReportRun)
class ReportRunAdmin(Console):
    """Above the list: the reports that this person may order. Below: those that were."""

    aggregate = "run"
    chips = "status"
    intro = _("Order a report; it is made in the background and kept for a while.")
    list_display = (
        "reference", "title", "format", "status_label", "rows_done", "requested_by", "requested",
    )  # fmt: skip
    list_select_related = ("requested_by",)
    search_by = {"reference__startswith": upper}
    status_label = state_column()
    list_decisions = tuple(_ordering(report) for report in REPORTS.values())
    decisions = (
        Decision(
            "download",
            _("Download"),
            DUTY,
            _download,
            icon="download",
            variant="primary",
            when=_is_ready,
        ),
        Decision(
            "retry",
            _("Try again"),
            DUTY,
            _retry,
            done=_("The report is ordered again."),
            icon="refresh",
            variant="primary",
            when=may_become(RUN_TRANSITIONS, RunStatus.QUEUED),
        ),
    )

    @display(description=_("Report"), ordering="report")
    def title(self, run: ReportRun) -> Any:
        return title_of(run)

    @display(description=_("Requested"), ordering="-pk")
    def requested(self, run: ReportRun) -> Any:
        return moment(run.requested_at)

    def page(self, request: HttpRequest, run: ReportRun) -> Page:
        report = REPORTS.get(run.report)
        labels = {one.name: one.label for one in report.parameters} if report else {}
        return Page(
            title=title_of(run),
            is_moving=run.status in (RunStatus.QUEUED, RunStatus.RUNNING),
            figures=[
                (_("Reference"), run.reference),
                (_("Rows"), f"{run.rows_done:,}"),
                (_("Requested"), moment(run.requested_at)),
                (_("Kept until"), moment(run.expires_at)),
            ],
            notices=[("danger", run.failure)] if run.failure else [],
            main=[
                Facts(
                    _("What was asked for"),
                    [(labels.get(name, name), value) for name, value in run.parameters.items()],
                ),
                Facts(
                    _("Run"),
                    [
                        (_("Format"), run.get_format_display()),
                        (_("Requested by"), run.requested_by),
                        (_("Finished"), moment(run.finished_at)),
                        (_("SHA-256"), run.sha256),
                    ],
                ),
            ],
        )


def title_of(run: ReportRun) -> Any:
    report = REPORTS.get(run.report)
    return report.title if report else run.report

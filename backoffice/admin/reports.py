"""Reports: chosen, looked at and ordered here, made by a worker, downloaded with a trace."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console, is_about_one
from backoffice.admin.report_orders import answers_of, format_of, order_page
from backoffice.listed import name_of_list
from backoffice.pages.blocks import Facts, Page, Piece
from backoffice.pages.decisions import Asked, Decision, actor_of, may_become
from backoffice.pages.display import link, moment, page_of, state_column, two_lines
from backoffice.pages.search import upper
from marketplace.shared.errors import DomainError
from reports import lists
from reports.base import Group, Report, period_in_words
from reports.errors import LinkInvalid, ReportForbidden
from reports.models import RUN_TRANSITIONS, ReportRun, RunStatus
from reports.registry import REPORTS
from reports.runs import ORDER_PERMISSION, download_url, may_see, progress_of, request_report
from reports.runs import retry_report as retry
from reports.schedules import follow_link

DUTY = "order_reports"


def _download(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(download_url(run_id=asked.object.pk, actor=asked.actor))


def _retry(asked: Asked) -> None:
    retry(run_id=asked.object.pk, actor=asked.actor)


def _again(asked: Asked) -> HttpResponse:
    run = asked.object
    again = request_report(
        report=run.report, parameters=run.parameters, format=run.format, actor=asked.actor
    )
    return HttpResponseRedirect(page_of(again))


def _is_ready(run: Any, request: HttpRequest) -> bool:
    return run.status == RunStatus.READY


def _is_done(run: Any, request: HttpRequest) -> bool:
    return run.status in (RunStatus.READY, RunStatus.EXPIRED)


def seen_by(request: HttpRequest) -> list[Report]:
    """The reports that this person may order."""
    return [report for report in REPORTS.values() if may_see(request.user, report)]


@admin.register(ReportRun)
class ReportRunAdmin(Console):
    """Above the list: the reports that this person may order. Below: what was ordered of them."""

    is_exported = False

    aggregate = "run"
    chips = "status"
    list_before_template = "console/report_catalogue.html"
    empty = _("Choose a report above. Once it is ready, it is fetched from here.")
    intro = _("Choose a report: what it would hold is shown at once, before it is ordered.")
    list_display = (
        "reference", "title", "format", "status_label", "rows", "requested_by", "requested", "file_link",
    )  # fmt: skip
    list_select_related = ("requested_by",)
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the report")
    status_label = state_column()
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
            "again",
            _("Order it again"),
            DUTY,
            _again,
            done=_("The report is ordered; it is made in the background."),
            icon="replay",
            when=_is_done,
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportRun]:
        """Lists only reports that this person may see: what was asked tells something, too."""
        rows: QuerySet[ReportRun] = super().get_queryset(request)
        if is_about_one(request):
            return rows
        mine = Q(report=lists.CODE, requested_by=request.user.pk)
        return rows.filter(mine | Q(report__in=[report.code for report in seen_by(request)]))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lists are for whoever asked: another may see other rows of them."""
        if obj is not None and obj.report == lists.CODE:
            return bool(obj.requested_by_id == request.user.pk)
        if obj is not None and obj.report not in {report.code for report in seen_by(request)}:
            return False
        return bool(super().has_view_permission(request, obj))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        seen = seen_by(request)
        catalogue = [
            (label, [(one, self.order_address(one)) for one in seen if one.group == group])
            for group, label in Group.choices
        ]
        shown: dict[str, Any] = {
            "catalogue": [(label, found) for label, found in catalogue if found]
        }
        if not seen:
            shown["intro"] = _(
                "Long lists that you took away as files; they are kept for some days."
            )
        return super().changelist_view(request, shown | (extra_context or {}))

    def order_address(self, report: Report, parameters: dict[str, str] | None = None) -> str:
        address = reverse("admin:reports_reportrun_do", args=[report.code])
        return f"{address}?{urlencode(parameters)}" if parameters else address

    def get_urls(self) -> list[Any]:
        do = self.admin_site.admin_view(self.do_view)
        name = "reports_reportrun_do"
        return [path("do/<slug:decision_name>/", do, name=name), *super().get_urls()]

    def do_view(self, request: HttpRequest, decision_name: str) -> HttpResponse:
        """GET shows a report's questions and a preview; POST orders it."""
        report = REPORTS.get(decision_name)
        if report is None:
            raise Http404
        if not (self.has_view_permission(request) and request.user.has_perm(ORDER_PERMISSION)):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else request.GET
        answers = answers_of(report, posted.dict())
        refusal: DomainError | None = None
        if request.method == "POST":
            try:
                return self._order(request, report, answers)
            except ReportForbidden as error:
                raise PermissionDenied(str(error)) from error
            except DomainError as error:
                refusal = error
        if not may_see(request.user, report):
            raise PermissionDenied(str(ReportForbidden()))
        return self._order_page(request, report, answers, refusal)

    def _order(self, request: HttpRequest, report: Report, answers: dict[str, Any]) -> HttpResponse:
        run = request_report(
            report=report.code,
            parameters=answers,
            format=format_of(request.POST, report),
            actor=actor_of(request),
        )
        done = _("The report is ordered; it is made in the background.")
        messages.success(request, str(done))
        return HttpResponseRedirect(page_of(run))

    def _order_page(
        self,
        request: HttpRequest,
        report: Report,
        answers: dict[str, Any],
        refusal: DomainError | None,
    ) -> HttpResponse:
        links = {
            "address": self.order_address(report),
            "schedule_address": reverse("admin:reports_reportschedule_do", args=[report.code]),
        }
        page = order_page(request, report, answers, links=links, refusal=refusal)
        context = self._context(request, None) | {"page": page, "title": report.title}
        return TemplateResponse(
            request, self.page_template, context, status=422 if refusal is not None else 200
        )

    @display(description=_("Report"), ordering="report")
    def title(self, run: ReportRun) -> Any:
        return two_lines(title_of(run), period_in_words(run.parameters))

    @display(description=_("Rows"))
    def rows(self, run: ReportRun) -> Any:
        return _progress(run)

    @display(description=_("Requested"), ordering="-pk")
    def requested(self, run: ReportRun) -> Any:
        return moment(run.requested_at)

    @display(description=_("File"))
    def file_link(self, run: ReportRun) -> Any:
        """A button of the list's own form: taking a file is a POST, which leaves a trace."""
        if run.status != RunStatus.READY:
            return ""
        return format_html(
            '<button type="submit" class="zt-link zt-icon-button" formaction="{}" title="{}">'
            '<span class="material-symbols-outlined" aria-hidden="true">download</span>'
            '<span class="sr-only">{}</span></button>',
            self.decision_address(self.decisions[0], run),
            _("Download"),
            _("Download"),
        )

    def page(self, request: HttpRequest, run: ReportRun) -> Page:
        report = REPORTS.get(run.report)
        questions = lists.REPORT if run.report == lists.CODE else report
        labels = {one.name: one.label for one in questions.parameters} if questions else {}
        is_moving = run.status in (RunStatus.QUEUED, RunStatus.RUNNING)
        done, total = progress_of(run)
        progress = {"done": done, "total": total, "percent": done * 100 // total if total else None}
        return Page(
            title=title_of(run),
            is_moving=is_moving,
            figures=[
                (_("Reference"), run.reference),
                (_("Rows"), _progress(run)),
                (_("Requested"), moment(run.requested_at)),
                (_("Kept until"), moment(run.expires_at)),
            ],
            notices=[("danger", run.failure)] if run.failure else [],
            main=[
                *([Piece("", "console/blocks/report_progress.html", progress)] if is_moving else []),
                Facts(
                    _("What was asked for"),
                    [(labels.get(name, name), value) for name, value in run.parameters.items()],
                    actions=self._other_parameters(run, report),
                ),
                Facts(
                    _("Run"),
                    [
                        (_("Format"), run.get_format_display()),
                        (_("Requested by"), run.requested_by),
                        (_("Schedule"), link(run.schedule)),
                        (_("Finished"), moment(run.finished_at)),
                        (_("SHA-256 of the file"), run.sha256),
                        (_("SHA-256 of the rows"), run.rows_sha256),
                    ],
                ),
            ],
        )  # fmt: skip

    def _other_parameters(self, run: ReportRun, report: Report | None) -> Any:
        if report is None:
            return ""
        return format_html(
            '<a class="zt-link" href="{}">{}</a>',
            self.order_address(report, run.parameters),
            _("Change and order"),
        )


def _progress(run: ReportRun) -> str:
    done, total = progress_of(run)
    return f"{done:,} / {total:,}" if total and done != total else f"{done:,}"


def title_of(run: Any) -> Any:
    """Of a run or a schedule."""
    if run.report == lists.CODE:
        return _("List: %(name)s") % {"name": name_of_list(run.parameters["list"])}
    report = REPORTS.get(run.report)
    return report.title if report else run.report


def mailed(request: HttpRequest, token: str) -> HttpResponse:
    """What a mail about a scheduled report links to: the file, for the person it was sent to."""
    if request.method not in ("GET", "HEAD"):
        raise Http404
    try:
        return HttpResponseRedirect(follow_link(token=token, actor=actor_of(request)))
    except LinkInvalid as error:
        raise Http404(str(error)) from error
    except ReportForbidden as error:
        raise PermissionDenied(str(error)) from error
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:reports_reportrun_changelist"))

"""Reports that were ordered, and their files."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page
from backoffice.pages.display import moment, state_column
from backoffice.pages.search import upper
from reports.models import ReportRun


@admin.register(ReportRun)
class ReportRunAdmin(Console):
    aggregate = "run"
    chips = "status"
    list_display = (
        "reference",
        "report",
        "format",
        "status_label",
        "rows_done",
        "requested_by",
        "requested",
    )
    list_select_related = ("requested_by",)
    search_by = {"reference__startswith": upper}
    status_label = state_column()

    @display(description=_("Requested"), ordering="-pk")
    def requested(self, run: ReportRun) -> Any:
        return moment(run.requested_at)

    def page(self, request: HttpRequest, run: ReportRun) -> Page:
        return Page(
            figures=[
                (_("Report"), run.report),
                (_("Rows"), run.rows_done),
                (_("Kept until"), moment(run.expires_at)),
            ],
            notices=[("danger", run.failure)] if run.failure else [],
            main=[
                Facts(_("Parameters"), list(run.parameters.items())),
                Facts(
                    _("Run"),
                    [
                        (_("Format"), run.get_format_display()),
                        (_("Requested by"), run.requested_by),
                        (_("Requested"), moment(run.requested_at)),
                        (_("Finished"), moment(run.finished_at)),
                        (_("SHA-256"), run.sha256),
                    ],
                ),
            ],
        )

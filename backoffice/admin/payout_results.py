"""Result files: uploaded here, judged row by row by a worker."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.admin.base import Console
from backoffice.pages.blocks import ROWS_MAX, Page, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import chip, moment, money, page_of, reference_link, state_column
from backoffice.pages.search import upper
from marketplace.payouts.commands import upload_results
from marketplace.payouts.models import ResultFile
from marketplace.payouts.states import APPLIED, ResultFileStatus, Verdict


class ResultFileForm(forms.Form):
    file = forms.FileField(
        label=_("Result file"),
        help_text=_("CSV with columns reference and status; amount, receipt and reason if known."),
        widget=UnfoldAdminFileFieldWidget(),
    )


def _upload(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(page_of(upload_results(file=asked.data["file"], actor=asked.actor)))


@admin.register(ResultFile)
class ResultFileAdmin(Console):
    """What bulk portals say became of payouts."""

    intro = _("The provider is asked about each row first; a file never overrules it.")
    empty = _("Upload the file of a provider's bulk portal where payouts were made there.")
    aggregate = "result_file"
    chips = "status"
    list_display = ("reference", "original_name", "status_label", "uploaded_by", "uploaded")
    list_select_related = ("uploaded_by",)
    search_by = {"reference__startswith": upper}
    search_hint = _("Reference of the file")
    status_label = state_column()
    list_decisions = (
        Decision(
            "upload",
            _("Upload a result file"),
            "approve_payouts",
            _upload,
            done=_("The file is kept; its rows are judged in the background."),
            form=ResultFileForm,
            icon="upload_file",
            variant="primary",
            needs_proof=True,
        ),
    )

    @display(description=_("Uploaded"), ordering="-pk")
    def uploaded(self, file: ResultFile) -> Any:
        return moment(file.uploaded_at)

    def page(self, request: HttpRequest, file: ResultFile) -> Page:
        counts = file.rows.aggregate(
            rows=Count("pk"), applied=Count("pk", filter=Q(verdict__in=APPLIED))
        )
        rows = file.rows.order_by("line_number")[:ROWS_MAX]
        return Page(
            is_moving=file.status == ResultFileStatus.UPLOADED,
            figures=[
                (_("Rows"), counts["rows"]),
                (_("Taken over"), counts["applied"]),
                (_("To look at"), counts["rows"] - counts["applied"]),
                (_("Uploaded by"), file.uploaded_by),
            ],
            main=[
                Table(
                    _("Rows"),
                    [(_("Line"), "number"), _("Payout"), _("Outcome"), _("Receipt"),
                     (_("Amount"), "number"), _("Verdict"), _("Note")],
                    [
                        (
                            one.line_number,
                            reference_link(one.reference),
                            one.outcome,
                            one.receipt,
                            money(one.amount_minor),
                            chip(_colour(one.verdict), one.get_verdict_display()),
                            one.note or one.reason,
                        )
                        for one in rows
                    ],
                )
            ],
        )  # fmt: skip


def _colour(verdict: str) -> str:
    if verdict == Verdict.WAITING:
        return "waiting"
    return "done" if verdict in APPLIED else "refused"

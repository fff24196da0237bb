"""The decision to take a list away as a spreadsheet."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.exports import export, is_long
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import page_of
from backoffice.pages.forms import Choice
from marketplace.shared import clock
from reports.lists import CODE as LIST
from reports.runs import request_report
from reports.taking import record_export


class ExportForm(forms.Form):
    format = Choice(label=_("Format"), choices=[("csv", "CSV"), ("xlsx", "Excel (XLSX)")])


def exporting(pages: Any) -> Decision:
    """The export of the list that `pages` (a console admin) shows."""
    return Decision(
        "export",
        _("Export"),
        "export_lists",
        partial(_export, pages=pages),
        form=ExportForm,
        ask=_("All rows of the list, as it is filtered now."),
        icon="download",
    )


def _export(asked: Asked, *, pages: Any) -> HttpResponse:
    """The rows that the person was looking at: the list's address holds the filters."""
    request, form = asked.request, asked.data["format"]
    query = looked_at(request)
    request.GET = QueryDict(query)
    rows = pages.get_changelist_instance(request).get_queryset(request)
    if is_long(rows):
        return _export_later(asked, pages, query, form)
    data, content_type = export(rows, pages.columns, form)
    record_export(of=pages.opts.label_lower, form=form, query=query, actor=asked.actor)
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = attachment(pages.opts.model_name, form)
    return response


@transaction.atomic
def _export_later(asked: Asked, pages: Any, query: str, form: str) -> HttpResponse:
    """A worker writes the file; its page shows how far it is, and gives it out for some days."""
    named = {"list": pages.opts.label_lower, "filters": query}
    run = request_report(report=LIST, parameters=named, format=form, actor=asked.actor)
    record_export(of=pages.opts.label_lower, form=form, query=query, actor=asked.actor)
    said = gettext("This list is long: it is written in the background. You may leave this page.")
    messages.success(asked.request, said)
    return HttpResponseRedirect(page_of(run))


def looked_at(request: HttpRequest) -> str:
    """The filters and the search of the list from which the person pressed the button."""
    return urlsplit(request.POST.get("next", "")).query


def attachment(name: str, form: str) -> str:
    """The header of a file that is saved, with the time in its name."""
    return f'attachment; filename="{name}-{clock.now():%Y%m%d-%H%M}.{form}"'

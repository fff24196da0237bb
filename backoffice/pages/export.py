"""The decision to take a list away as a spreadsheet."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from backoffice.exports import export
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.forms import Choice
from marketplace.shared import clock
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
    data, content_type = export(rows, pages.columns, form)
    record_export(of=pages.opts.label_lower, form=form, query=query, actor=asked.actor)
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = attachment(pages.opts.model_name, form)
    return response


def looked_at(request: HttpRequest) -> str:
    """The filters and the search of the list from which the person pressed the button."""
    return urlsplit(request.POST.get("next", "")).query


def attachment(name: str, form: str) -> str:
    """The header of a file that is saved, with the time in its name."""
    return f'attachment; filename="{name}-{clock.now():%Y%m%d-%H%M}.{form}"'

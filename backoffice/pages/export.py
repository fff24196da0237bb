"""The decision to take a list away as a spreadsheet."""

import logging
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from backoffice.exports import export
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.forms import Choice
from marketplace.shared import clock

logger = logging.getLogger(__name__)


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
    request.GET = QueryDict(urlsplit(request.POST.get("next", "")).query)
    rows = pages.get_changelist_instance(request).get_queryset(request)
    data, content_type = export(rows, pages.exported, form)
    name = f"{pages.opts.model_name}-{clock.now():%Y%m%d-%H%M}.{form}"
    logger.info("%s exported %s", asked.actor.label, name)
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

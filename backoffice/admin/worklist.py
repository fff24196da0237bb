"""A queue that is worked through: how long things wait, whose they are, many decided at once.

A subclass says `bulk` (decisions over chosen rows) and `strip` (figures above the list that lead to
a part of it). The rest is `Queue`.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Queue
from backoffice.pages.bulk import AskedOfMany, Bulk
from marketplace.shared.errors import DomainError


class Worklist(Queue):
    """A queue with figures on top, and boxes to choose several rows."""

    list_before_template = "console/worklist_before.html"
    bulk: Sequence[Bulk] = ()

    def strip(self, request: HttpRequest) -> Sequence[dict[str, Any]]:
        """`{"label", "value", "note", "link", "active", "urgent"}` per figure."""
        return ()

    # --- The list ---

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        columns = super().get_list_display(request)
        return ("chosen", *columns) if self._offered(request) else columns

    def get_list_display_links(self, request: HttpRequest, list_display: Sequence[Any]) -> Any:
        return super().get_list_display_links(request, [x for x in list_display if x != "chosen"])

    @display(description="")
    def chosen(self, thing: Any) -> Any:
        return format_html(
            '<input type="checkbox" class="zt-choose" form="chosen" name="chosen" value="{}"'
            ' aria-label="{}">',
            thing.pk,
            thing,
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request,
            {
                "strip": self.strip(request),
                "bulk": [(one, self._bulk_address(one)) for one in self._offered(request)],
            }
            | (extra_context or {}),
        )

    # --- Deciding about many ---

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.bulk_view)
        return [path("many/<slug:name>/", view, name=f"{self._name}_many"), *super().get_urls()]

    @property
    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _bulk_address(self, bulk: Bulk) -> str:
        return reverse(f"admin:{self._name}_many", args=[bulk.name])

    def _offered(self, request: HttpRequest) -> list[Bulk]:
        return [bulk for bulk in self.bulk if bulk.is_permitted(request)]

    def bulk_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Posted from the list it shows what would happen; posted from there, it happens."""
        bulk = next((one for one in self.bulk if one.name == name), None)
        if bulk is None:
            raise Http404
        if not self.has_view_permission(request) or not bulk.is_permitted(request):
            raise PermissionDenied
        back = self._back(request, None)
        if request.method != "POST":
            return HttpResponseRedirect(back)
        rows = self._chosen_rows(request, bulk.at_most)
        if refusal := _refused(len(rows), bulk.at_most):
            messages.error(request, refusal)
            return HttpResponseRedirect(back)
        is_decided = "decided" in request.POST
        form = bulk.bound(request, decided=is_decided)
        try:
            blocks = bulk.preview(rows)
            if is_decided and (form is None or form.is_valid()):
                data = form.cleaned_data if form else {}
                messages.success(request, bulk.run(AskedOfMany(request, rows, data)))
                waiting.forget()
                return HttpResponseRedirect(back)
        except DomainError as refusal_:
            if form is None or not is_decided or refusal_.field not in form.fields:
                messages.error(request, str(refusal_))
                return HttpResponseRedirect(back)
            form.add_error(refusal_.field, str(refusal_))
        return self._preview(request, bulk, rows, blocks, form)

    def _preview(
        self, request: HttpRequest, bulk: Bulk, rows: Sequence[Any], blocks: Any, form: Any
    ) -> HttpResponse:
        context = {
            "title": bulk.label,
            "bulk": bulk,
            "rows": rows,
            "blocks": blocks,
            "form": form,
            "options": bulk.drawn(rows),
            "back": self._back(request, None),
            "address": request.path,
        }
        status = 422 if isinstance(form, forms.Form) and form.errors else 200
        template = "console/bulk.html"
        return TemplateResponse(
            request, template, self._context(request, None) | context, status=status
        )

    def _chosen_rows(self, request: HttpRequest, at_most: int) -> list[Any]:
        """What was ticked, or all that the list shows; of what waits, oldest first, one too many at most."""
        rows = self.get_queryset(request)
        if "all" in request.POST:
            request.GET = QueryDict(urlsplit(request.POST.get("next", "")).query)
            rows = self.get_changelist_instance(request).get_queryset(request)
        else:
            try:
                rows = rows.filter(pk__in=request.POST.getlist("chosen"))
            except (ValidationError, ValueError):
                return []
        return list(rows[: at_most + 1])


def _refused(count: int, at_most: int) -> str:
    if not count:
        return _("Nothing that waits was chosen.")
    if count > at_most:
        return _("More than %(limit)s were chosen: filter the list, or decide page by page.") % {
            "limit": at_most
        }
    return ""

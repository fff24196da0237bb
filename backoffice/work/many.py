"""Deciding about several rows of a list at once: chosen, previewed, then made."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Console
from backoffice.pages.blocks import Table
from backoffice.pages.bulk import AskedOfMany, Bulk
from backoffice.pages.decisions import actor_of
from backoffice.step_up import proof_asked
from backoffice.work.later import IN_BULK, choose
from backoffice.work.prepared import count_use
from backoffice.work.together import named
from marketplace.casework.errors import MacroNotFound
from marketplace.shared.errors import DomainError


class Many(Console):
    """The part of a list that handles chosen rows. A subclass says `together`."""

    list_before_template = "console/many_before.html"

    def together(self) -> Sequence[Bulk]:
        return ()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        bulk = [(one, self._bulk_address(one)) for one in self.offered_together(request)]
        return super().changelist_view(request, {"bulk": bulk} | (extra_context or {}))

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        chosen = ("chosen",) if self.offered_together(request) else ()
        return (*chosen, *super().get_list_display(request))

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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.bulk_view)
        answer = self.admin_site.admin_view(self.bulk_prepared_view)
        prepared = "many/<slug:name>/prepared/them/<uuid:macro_id>/"
        return [
            path("many/<slug:name>/", view, name=f"{self._name}_many"),
            path(prepared, answer, name=f"{self._name}_many_prepared"),
            *super().get_urls(),
        ]

    @property
    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _bulk_address(self, bulk: Bulk) -> str:
        return reverse(f"admin:{self._name}_many", args=[bulk.name])

    def offered_together(self, request: HttpRequest) -> list[Bulk]:
        return [bulk for bulk in self.together() if bulk.is_permitted(request)]

    def _bulk(self, request: HttpRequest, name: str) -> Bulk:
        """404 where there is none of this name, 403 for who may not decide it."""
        bulk = next((one for one in self.together() if one.name == name), None)
        if bulk is None:
            raise Http404
        if not self.has_view_permission(request) or not bulk.is_permitted(request):
            raise PermissionDenied
        return bulk

    def bulk_prepared_view(self, request: HttpRequest, name: str, macro_id: UUID) -> JsonResponse:
        """A prepared answer for many, its placeholders open; changes nothing."""
        bulk = self._bulk(request, name)
        if bulk.prepared is None:
            raise Http404
        try:
            answer = bulk.prepared.open_answer(macro_id)
        except MacroNotFound as error:
            raise Http404 from error
        return JsonResponse({"text": answer.text, "language": answer.language})

    def bulk_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Posted from the list it shows what would happen; posted from there, it happens."""
        bulk = self._bulk(request, name)
        back = self._back(request, None)
        if request.method != "POST":
            return HttpResponseRedirect(back)
        rows = self._chosen_rows(request, bulk.at_most)
        if len(rows) > bulk.at_most and self._may_be_later(request, bulk):
            return self._choose_for_later(request, bulk)
        if refusal := _refused(len(rows), bulk.at_most):
            messages.error(request, refusal)
            return HttpResponseRedirect(back)
        is_decided = "decided" in request.POST
        gone = len(set(request.POST.getlist("chosen"))) - len(rows)
        others = _refused_of(bulk, AskedOfMany(request, rows, {})) if not is_decided else {}
        rows = [row for row in rows if row not in others]
        form = bulk.bound(request, decided=is_decided)
        proof = proof_asked(request, bulk, answered=is_decided)
        try:
            blocks = bulk.preview(rows) if rows else []
            if is_decided and proof is None and (form is None or form.is_valid()):
                data = form.cleaned_data if form else {}
                messages.success(request, bulk.run(AskedOfMany(request, rows, data)))
                if bulk.prepared is not None:
                    count_use(request.POST.get("macro", ""), actor_of(request))
                waiting.forget()
                return HttpResponseRedirect(back)
        except DomainError as refusal_:
            if form is None or not is_decided or refusal_.field not in form.fields:
                messages.error(request, str(refusal_))
                return HttpResponseRedirect(back)
            form.add_error(refusal_.field, str(refusal_))
        told = {"gone": gone, "left_out": _left_out(others), "blocks": blocks}
        return self._preview(request, bulk, rows, told, {"form": form, "proof": proof})

    def _preview(
        self,
        request: HttpRequest,
        bulk: Bulk,
        rows: Sequence[Any],
        told: dict[str, Any],
        asked: dict[str, forms.Form | None],
    ) -> HttpResponse:
        context = {
            "title": bulk.label,
            "bulk": bulk,
            "rows": rows,
            "effect": bulk.says(len(rows)),
            "total_minor": bulk.adds_up(rows),
            "options": bulk.drawn(rows) if rows else [],
            "back": self._back(request, None),
            "address": request.path,
        }
        if bulk.prepared is not None:
            chosen = request.POST.get("macro", "")
            context["prepared"] = bulk.prepared.context(rows, f"{request.path}prepared/", chosen)
        context |= told | asked
        status = 422 if any(form and form.errors for form in asked.values()) else 200
        template = "console/bulk.html"
        return TemplateResponse(
            request, template, self._context(request, None) | context, status=status
        )

    def _chosen_rows(self, request: HttpRequest, at_most: int) -> list[Any]:
        """What was ticked, or all that the list shows; of what waits, oldest first, one too many at most."""
        if "all" in request.POST:
            rows = self.filtered(request, urlsplit(request.POST.get("next", "")).query)
        else:
            try:
                chosen = request.POST.getlist("chosen")
                rows = self.get_queryset(request).filter(pk__in=chosen)
                rows = rows.select_related(*self.list_select_related or ())
            except (ValidationError, ValueError):
                return []
        return list(rows[: at_most + 1])

    def _may_be_later(self, request: HttpRequest, bulk: Bulk) -> bool:
        """All that the list shows, whatever their number: for those who may decide so many."""
        is_known = bool(bulk.background) and "all" in request.POST
        return is_known and request.user.has_perm(f"backoffice.{IN_BULK}")

    def _choose_for_later(self, request: HttpRequest, bulk: Bulk) -> HttpResponse:
        """More than one request decides: a worker will, after a look at what was chosen."""
        filters = urlsplit(request.POST.get("next", "")).query
        try:
            address = choose(
                bulk.background,
                self.filtered(request, filters),
                filters=filters,
                actor=actor_of(request),
                summed=bulk.summed,
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
            address = self._back(request, None)
        return HttpResponseRedirect(address)

    def filtered(self, request: HttpRequest, filters: str) -> QuerySet[Any]:
        """The list as an address filters it."""
        request.GET = QueryDict(filters)
        rows: QuerySet[Any] = self.get_changelist_instance(request).get_queryset(request)
        return rows


def _refused_of(bulk: Bulk, asked: AskedOfMany) -> dict[Any, str]:
    """The rows that the decision would leave as they are → why."""
    return dict(bulk.left_out(asked)) if bulk.left_out is not None else {}


def _left_out(others: dict[Any, str]) -> Table | None:
    return (
        Table(
            _("What is left out"),
            [_("What"), _("Reason")],
            [(named(row), why) for row, why in others.items()],
            note=_("They stay as they are."),
            is_said=True,
        )
        if others
        else None
    )


def _refused(count: int, at_most: int) -> str:
    if not count:
        return _("Nothing that waits was chosen.")
    if count > at_most:
        return _("More than %(limit)s were chosen: filter the list, or decide page by page.") % {
            "limit": at_most
        }
    return ""

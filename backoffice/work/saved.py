"""Filters of a queue kept under a name, for oneself or for all who see the queue."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldBooleanWidget

from backoffice.admin.base import Console
from backoffice.pages.decisions import actor_of
from backoffice.pages.forms import Words
from marketplace.casework.commands import delete_view, save_view
from marketplace.casework.policies import VIEW_NAME_MAX
from marketplace.casework.queries import views_for
from marketplace.shared.errors import DomainError


class ViewForm(forms.Form):
    name = Words(label=_("Name"), max_length=VIEW_NAME_MAX)
    is_shared = forms.BooleanField(
        label=_("For all who see this queue"), required=False, widget=UnfoldBooleanWidget()
    )


class SavedViews(Console):
    """The part of a queue that keeps views. Who may see the queue may keep views of it."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request,
            {
                "views": self._views(request),
                "view_form": ViewForm(auto_id="view-%s"),
                "save_address": reverse(f"admin:{self._view_name}_save_view"),
            }
            | (extra_context or {}),
        )

    def _views(self, request: HttpRequest) -> list[dict[str, Any]]:
        me: Any = request.user
        shown = request.GET.copy()
        shown.pop("p", None)
        return [
            {
                "name": one.name,
                "link": f"?{one.query}",
                "active": one.query == shown.urlencode(),
                "owner": "" if one.owner_id == me.pk else str(one.owner),
                "delete_address": reverse(f"admin:{self._view_name}_delete_view", args=[one.pk])
                if one.owner_id == me.pk
                else "",
            }
            for one in views_for(queue=self.opts.model_name, user_id=me.pk)
        ]

    @property
    def _view_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_urls(self) -> list[URLPattern]:
        name = self._view_name
        save = self.admin_site.admin_view(require_POST(self.keep_view))
        delete = self.admin_site.admin_view(require_POST(self.forget_view))
        return [
            path("views/save/", save, name=f"{name}_save_view"),
            path("views/<uuid:view_id>/", delete, name=f"{name}_delete_view"),
            *super().get_urls(),
        ]

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the list as it is filtered now."""
        back = self._asked_back(request)
        form = ViewForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(error) for error in form.errors.get("name", [])))
            return HttpResponseRedirect(back)
        try:
            save_view(
                queue=self.opts.model_name,
                query=urlsplit(back).query,
                actor=actor_of(request),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, str(_("The view is saved.")))
        return HttpResponseRedirect(back)

    def forget_view(self, request: HttpRequest, view_id: UUID) -> HttpResponse:
        back = self._asked_back(request)
        try:
            delete_view(view_id=view_id, actor=actor_of(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(back)

    def _asked_back(self, request: HttpRequest) -> str:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._back(request, None)

"""A page that is about no single row, made of the same blocks."""

from typing import Any

from django.http import HttpRequest
from django.views.generic import TemplateView
from unfold.views import UnfoldSiteViewMixin

from backoffice.pages.blocks import Page


class ConsolePage(UnfoldSiteViewMixin, TemplateView):
    """A page of blocks. `blocks` returns it; `permission_required` guards it."""

    template_name = "console/site_page.html"
    http_method_names = ["get", "head", "options"]
    raise_exception = True
    title: Any = ""

    def blocks(self, request: HttpRequest) -> Page:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"page": self.blocks(self.request)}

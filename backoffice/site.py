"""The console's site: Unfold's, without what no page of ours shows."""

from typing import Any

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite

from backoffice.sidebar import sidebar


class ConsoleSite(UnfoldAdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Of one app, where its page is asked for. For every page Django would list all models with
        addresses and permissions; ours have the sidebar."""
        return super().get_app_list(request, app_label) if app_label else []

    def get_sidebar_list(self, request: HttpRequest) -> Any:
        """Drawn already; `unfold/helpers/app_list.html` puts it in its place."""
        return sidebar(request)

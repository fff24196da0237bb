"""Where I am signed in: one's own sessions of the console, each with a button that ends it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from backoffice.pages.decisions import actor_of
from backoffice.pages.site_page import ConsolePage
from backoffice.sessions import session_of
from marketplace.accounts.commands import end_console_session
from marketplace.accounts.errors import ConsoleSessionNotFound
from marketplace.accounts.queries import console_sessions_of
from marketplace.shared.errors import DomainError


class SignedIn(ConsolePage):
    """The session that one sits in has no button: signing out is that."""

    title = gettext_lazy("Where I am signed in")
    permission_required = ()
    template_name = "console/signed_in.html"
    http_method_names = ("get", "head", "options", "post")  # type: ignore[assignment]

    def post(self, request: HttpRequest) -> HttpResponse:
        me: Any = request.user
        try:
            session_id = _named(request.POST.get("session", ""))
            end_console_session(session_id=session_id, user_id=me.pk, actor=actor_of(request))
            messages.success(request, gettext("The session is ended."))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(request.path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me: Any = self.request.user
        return super().get_context_data(**kwargs) | {
            "sessions": console_sessions_of(me.pk),
            "this": session_of(self.request),
        }

    def blocks(self, request: HttpRequest) -> Any:
        """None: the page has a template of its own."""


def _named(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ConsoleSessionNotFound from error

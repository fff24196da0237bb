"""An open page says that somebody looks at the case, and hears who else does."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import View
from unfold.views import UnfoldSiteViewMixin

from backoffice import waiting
from backoffice.pages.colleagues import COLLEAGUES_MAX, colleagues_with
from backoffice.work import presence
from backoffice.work.case import CasePage
from marketplace.casework.commands import mark_mentions_seen


class Presence(UnfoldSiteViewMixin, View):
    """POST: I look; answers the names of the others. `first`: also who can be named in a note; `left`:
    the page was closed."""

    http_method_names = ["post"]
    permission_required = ()
    title = ""

    def post(self, request: HttpRequest, kind: str, case_id: str) -> HttpResponse:
        user: Any = request.user
        pages = _pages_of(request, kind)
        if "left" in request.POST:
            presence.leave(kind, case_id, user_id=user.pk, name=user.name)
            return HttpResponse(status=204)
        mark_mentions_seen(kind=kind, case_id=case_id, user_id=user.pk)
        waiting.forget_unread(user.pk)
        others = presence.look(kind, case_id, user_id=user.pk, name=user.name)
        answer = {"others": others}
        if "first" in request.POST:
            answer["colleagues"] = _colleagues(pages)
        return JsonResponse(answer)


def _colleagues(pages: CasePage) -> list[str]:
    """Who can be named in a note."""
    note = next(one for one in pages.decisions if one.name == "note")
    return list(colleagues_with(note.permission).values_list("name", flat=True)[:COLLEAGUES_MAX])


def _pages_of(request: HttpRequest, kind: str) -> CasePage:
    """Who may not open the thing hears nothing of who looks at it."""
    pages = next((one for one in case_pages() if one.aggregate == kind), None)
    if pages is None:
        raise Http404
    if not pages.has_view_permission(request):
        raise PermissionDenied
    return pages


def case_pages() -> list[CasePage]:
    """The pages of all things that may wait in a queue."""
    return [one for one in admin.site._registry.values() if isinstance(one, CasePage)]

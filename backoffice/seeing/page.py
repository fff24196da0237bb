"""The page "Seeing as …": an account in tabs, under a banner that says so, with the time left and an end."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backoffice.admin.base import buttons
from backoffice.pages.blocks import Page, Text
from backoffice.pages.display import page_of
from backoffice.pages.site_page import ConsolePage
from backoffice.seeing.asking import Answer, ask
from backoffice.seeing.drawing import Address, thing, things
from backoffice.seeing.tabs import APPLYING, BUYING, SELLING, Tab
from marketplace.privacy.errors import SightOver
from marketplace.privacy.models import Sight
from marketplace.privacy.policies import SIGHT_DUTY
from marketplace.privacy.queries import standing
from marketplace.sellers.queries import application_of, seller_ids_of_user
from marketplace.shared import clock

REFERENCE = re.compile(r"[A-Z]{2,4}-[0-9A-Z-]{4,20}")


class Seeing(ConsolePage):
    """For who began the sight, while it stands; afterwards its own page says what was looked at."""

    title = _("What they see")
    permission_required = (f"backoffice.{SIGHT_DUTY}",)
    template_name = "console/seeing.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.sight = _sight_of(request, kwargs["sight"])
            return super().get(request, *args, **kwargs)
        except SightOver:
            return HttpResponseRedirect(page_of(Sight.objects.get(pk=kwargs["sight"])))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sight = self.sight
        left = (sight.ends_at - clock.now()).total_seconds()
        return super().get_context_data(**kwargs) | {
            "sight": sight,
            "left_s": max(0, round(left)),
            "over": page_of(sight),
            "end": buttons(self.request, sight, only=("end",)),
        }

    def blocks(self, request: HttpRequest) -> Page:
        tabs = _tabs(self.sight)
        tab = next((one for one in tabs if one.name == self.kwargs["tab"]), None)
        if tab is None:
            raise Http404
        here = self._address(tab)
        return Page(
            tabs=[
                {"title": one.title, "link": self._address(one), "active": one is tab}
                for one in tabs
            ],
            main=list(_one(request, self.sight, tab) or _all(request, self.sight, tab, here)),
        )

    def _address(self, tab: Tab) -> str:
        return reverse("admin:seeing", args=[self.sight.pk, tab.name])


def _sight_of(request: HttpRequest, sight_id: UUID) -> Sight:
    """Of the person who asks. Raises SightOver."""
    found = Sight.objects.filter(pk=sight_id).first()
    if found is None:
        raise Http404
    if found.staff_id != request.user.pk:
        raise PermissionDenied
    return standing(sight_id=found.pk, staff_id=found.staff_id, user_id=found.user_id)


def _tabs(sight: Sight) -> tuple[Tab, ...]:
    if seller_ids_of_user(user_id=sight.user_id):
        return (*SELLING, *BUYING)
    return (*BUYING, *(APPLYING if application_of(user_id=sight.user_id) else ()))


def _one(request: HttpRequest, sight: Sight, tab: Tab) -> list[Any] | None:
    """The thing that the address names, if it names one."""
    reference = request.GET.get("item", "")
    if not reference or not tab.has_pages:
        return None
    if not REFERENCE.fullmatch(reference):
        raise Http404
    answer = _good(ask(request, sight, f"{tab.paths[0][0]}/{reference}"))
    return thing(reference, answer.data) if answer.is_good else [_refused(answer)]


def _all(request: HttpRequest, sight: Sight, tab: Tab, here: str) -> Iterator[Any]:
    cursor = request.GET.get("cursor", "")
    for place, (path, title) in enumerate(tab.paths):
        question = {"cursor": cursor} if cursor and place == 0 else {}
        answer = _good(ask(request, sight, path, **question))
        if not answer.is_good:
            yield _refused(answer)
            continue
        rows = answer.data.get("items") if isinstance(answer.data, dict) else answer.data
        if isinstance(rows, list):
            table = things(
                title, rows, address=_leads(here) if tab.has_pages else None, without=tab.without
            )
            yield table
            following = answer.data.get("next_cursor") if isinstance(answer.data, dict) else None
            if following and place == 0:
                yield Text("", _more(f"{here}?{urlencode({'cursor': following})}"))
        else:
            yield from thing(title, answer.data)


def _leads(here: str) -> Address:
    return lambda reference: f"{here}?{urlencode({'item': reference})}"


def _more(address: str) -> Any:
    return format_html('<a class="zt-link" href="{}">{}</a>', address, _("Further rows"))


def _good(answer: Answer) -> Answer:
    """Raises SightOver where the API says that it is."""
    is_problem = not answer.is_good and isinstance(answer.data, dict)
    if is_problem and answer.data.get("code") == SightOver.code:
        raise SightOver
    return answer


def _refused(answer: Answer) -> Text:
    """What the person is told there."""
    return Text(_("They are told"), answer.data.get("detail", ""))

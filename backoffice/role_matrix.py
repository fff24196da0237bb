"""What each role may do and see, on one page and as a file: read from `roles.py` and the sidebar, no second list."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from unfold.views import UnfoldSiteViewMixin

from backoffice.models import Duty
from backoffice.navigation import NAVIGATION
from backoffice.pages.blocks import Page, Piece, Table
from backoffice.pages.display import NOTHING, link
from backoffice.pages.site_page import ConsolePage
from backoffice.roles import ROLES
from marketplace.accounts.models import User
from reports.texts import disarmed

SEES_PEOPLE = "accounts.view_user"
HOLDERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """A duty or a page, and for each role of `ROLES`, in their order, whether it has it."""

    label: Any
    marks: list[bool]


type Groups = list[tuple[Any, list[Line]]]


def duties() -> Groups:
    lines = [
        Line(gettext(label), _who(f"backoffice.{duty}")) for duty, label in Duty._meta.permissions
    ]
    return [("", lines)]


def pages() -> Groups:
    """Queues, lists and pages as the sidebar groups them; what everybody may open is left out."""
    found = [
        (title, [Line(entry.title, _who(entry.needs)) for entry in entries if entry.needs])
        for title, entries in NAVIGATION
    ]
    return [(title, lines) for title, lines in found if lines]


def _who(permission: str) -> list[bool]:
    return [permission in role.permissions for role in ROLES]


def holders() -> dict[str, list[User]]:
    """Role → the people who have it and may sign in, by name; one query for them all."""
    rows = User.objects.filter(is_active=True, groups__isnull=False).distinct().order_by("name")
    found: dict[str, list[User]] = defaultdict(list)
    for person in rows.prefetch_related("groups")[:HOLDERS_MAX]:
        for group in person.groups.all():
            found[group.name].append(person)
    return found


class Roles(ConsolePage):
    title = _("Roles")
    permission_required = (SEES_PEOPLE,)

    def blocks(self, request: HttpRequest) -> Page:
        people = holders()
        owners = list(User.objects.filter(is_active=True, is_superuser=True).order_by("name"))
        roles = [(role.label, len(people[role.name])) for role in ROLES]
        return Page(
            notices=[("warning", _past_the_table(owners))] if owners else [],
            main=[
                _who_holds(people),
                Piece(
                    _("What each role may do"),
                    "console/blocks/roles.html",
                    {"roles": roles, "groups": duties(), "what": _("Duty")},
                ),
                Piece(
                    _("What each role sees"),
                    "console/blocks/roles.html",
                    {"roles": roles, "groups": pages(), "what": _("Page")},
                ),
            ],
        )


def _past_the_table(owners: list[User]) -> Any:
    return format_html("{} {}", _("May do everything, whatever their roles:"), _linked(owners))


def _linked(people: list[User]) -> Any:
    return format_html_join(", ", "{}", ((link(one),) for one in people))


def _who_holds(people: dict[str, list[User]]) -> Table:
    return Table(
        _("Who has which role"),
        [_("Role"), (_("People"), "number"), _("Names")],
        [
            (
                role.label,
                len(people[role.name]),
                _linked(people[role.name]) or NOTHING,
            )
            for role in ROLES
        ],
        actions=render_to_string("console/roles_ways.html", {"csv": reverse("admin:roles_csv")}),
        note=_("Roles are asked for on a person's page; another administrator has to agree."),
    )


class RolesFile(UnfoldSiteViewMixin, View):
    """The same as CSV."""

    title = ""
    http_method_names = ["get", "head", "options"]
    raise_exception = True
    permission_required = (SEES_PEOPLE,)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="roles.csv"'
        csv.writer(response).writerows(_sheet())
        return response


def _sheet() -> Iterator[list[str]]:
    people = holders()
    yield ["", "", *(str(role.label) for role in ROLES)]
    for title, groups in ((_("May do"), duties()), (_("Sees"), pages())):
        for group, lines in groups:
            for line in lines:
                marks = [gettext("yes") if mark else "" for mark in line.marks]
                yield [str(group or title), str(line.label), *marks]
    names = ["; ".join(disarmed(one.name) for one in people[role.name]) for role in ROLES]
    yield [gettext("People"), gettext("Names"), *names]

"""Role requests: one administrator asks, another compares before and after and agrees, or does not."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.two_people import AskedColumns, RequestPage, Says, TwoPeople
from backoffice.masks import masked
from backoffice.models import Duty
from backoffice.pages.blocks import Table
from backoffice.pages.display import NOTHING, chip, link, yes_no
from backoffice.pages.search import upper
from backoffice.roles import BY_NAME
from backoffice.work.hands import hands
from marketplace.accounts.commands import approve_roles, reject_roles, withdraw_roles
from marketplace.accounts.models import RoleRequest
from marketplace.accounts.queries import roles_of
from marketplace.accounts.states import RoleRequestStatus

DUTY = "set_roles"
DUTIES = dict(Duty._meta.permissions)
BY_TWO = TwoPeople(
    DUTY,
    RoleRequestStatus.REQUESTED,
    approve_roles,
    reject_roles,
    withdraw_roles,
    subject="subject",
)


class RoleRequestColumns(AskedColumns):
    list_select_related = ("subject", "requested_by", "decided_by")
    search_by = {"reference__startswith": upper, "subject__reference__startswith": upper}
    search_hint = _("Reference of the request or of the person")

    @display(description=_("Is to have"))
    def wanted(self, asked_for: RoleRequest) -> Any:
        return named(asked_for.roles)

    @display(description=_("New"))
    def added(self, asked_for: RoleRequest) -> Any:
        return new_roles(asked_for)


@admin.register(RoleRequest)
class RoleRequestAdmin(RequestPage, RoleRequestColumns):
    aggregate, two = "role_request", BY_TWO
    moved = _("The person has other roles by now: the request can only be rejected.")
    intro = _(
        "Power is given by two people and taken away by one. Roles are asked for under People."
    )
    list_display = (
        "reference", "subject", "added", "status_label", "asked", "decided_by",
    )  # fmt: skip
    decisions = (
        *BY_TWO.decisions(
            approving=Says(
                _(
                    "The person has the roles from this moment on. Ask them or their superior first."
                ),
                _("The roles are given."),
            ),
            rejecting=Says("", _("The request is rejected; the person's roles stay as they are.")),
            withdrawing=Says(_("Nothing changes for the person."), _("The request is withdrawn.")),
            icon="verified_user",
        ),
        *hands("role_request", DUTY),
    )

    def called(self, asked_for: RoleRequest) -> str:
        return f"{asked_for.subject}: {new_roles(asked_for)}"

    def figures(self, request: HttpRequest, asked_for: RoleRequest) -> list[tuple[Any, Any]]:
        return [
            (_("Person"), link(asked_for.subject)),
            (_("E-mail address"), masked("email", asked_for.subject.email) or NOTHING),
            (_("New"), new_roles(asked_for)),
        ]

    def subjects(self, asked_for: RoleRequest) -> list[tuple[str, list[Any]]]:
        return [("user", [asked_for.subject_id])]

    def has_moved(self, asked_for: RoleRequest) -> bool:
        return roles_of(asked_for.subject_id) != asked_for.roles_before

    def compared(self, request: HttpRequest, asked_for: RoleRequest) -> list[Any]:
        return [roles_table(asked_for.roles_before, asked_for.roles), _new_duties(asked_for)]


def new_roles(asked_for: RoleRequest) -> str:
    return named(set(asked_for.roles) - set(asked_for.roles_before))


def named(roles: Iterable[str]) -> str:
    """Roles as people call them."""
    known = sorted(str(BY_NAME[name].label) if name in BY_NAME else name for name in roles)
    return ", ".join(known) or NOTHING


def roles_table(before: list[str], after: list[str]) -> Table:
    """What the person has and is to have, role by role."""
    changes = {
        (False, True): chip("approved", gettext("Is given")),
        (True, False): chip("rejected", gettext("Is taken away")),
        (True, True): chip("", gettext("Stays")),
    }
    concerned = sorted({*before, *after}, key=lambda name: named([name]))
    return Table(
        _("Roles before and after"),
        [_("Role"), _("Now"), _("Afterwards"), _("What changes")],
        [
            (
                named([name]),
                yes_no(name in before),
                yes_no(name in after),
                changes[(name in before, name in after)],
            )
            for name in concerned
        ],
    )


def duties_of(roles: Iterable[str]) -> set[str]:
    return {duty for name in roles if name in BY_NAME for duty in BY_NAME[name].may}


def _new_duties(asked_for: RoleRequest) -> Table:
    new = duties_of(asked_for.roles) - duties_of(asked_for.roles_before)
    rows = [(gettext(label),) for duty, label in DUTIES.items() if duty in new]
    return Table(
        _("What the person may do afterwards and may not do now"),
        [_("Duty")],
        rows,
        empty=_("Nothing: these roles only let the person see more."),
    )

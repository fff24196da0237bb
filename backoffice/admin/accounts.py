"""People: staff, buyers and sellers' members, and the roles of staff."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
)

from backoffice.admin.base import Console
from backoffice.admin.invitations import INVITATIONS, invitation_notices
from backoffice.admin.role_requests import BY_TWO, named, new_roles
from backoffice.admin.sights import is_no_colleague, seeing
from backoffice.admin.two_people import requests_table
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import link, moment, money, page_of, state, yes_no
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, ReasonForm, Words
from backoffice.pages.search import phone_of, same, upper
from backoffice.personal import Personal, Shown, Whose
from backoffice.roles import ROLES
from marketplace.accounts.commands import (
    end_sessions,
    invite_colleague,
    remove_second_factor,
    request_roles,
    set_roles,
)
from marketplace.accounts.models import Address, RoleRequest, User
from marketplace.accounts.queries import roles_of
from marketplace.accounts.states import Language
from marketplace.orders.models import Order

NEWEST = 20


def _themselves(user: User) -> Whose:
    return Whose(user_id=user.pk)


CONTACT = Personal("contact", ("email", "phone"), _themselves)
ADDRESSES = Personal("addresses", ("phone", "street"), _themselves)


class RolesForm(ThingForm):
    """All that the person is to have; whoever has a role may enter the console."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.name, role.label) for role in ROLES],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def values_of(self, user: User) -> dict[str, Any]:
        return {"roles": roles_of(user.pk)}


class ColleagueForm(forms.Form):
    """A new member of staff, who chooses a password by a link and enters once a second person agrees."""

    name = Words(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), widget=UnfoldAdminEmailInputWidget())
    language = Choice(
        label=_("Language"), choices=Language.choices, help_text=_("Of the messages to them.")
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.name, role.label) for role in ROLES],
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)


def _set_roles(asked: Asked) -> None:
    """Taking away acts at once; where a role is new, a second person decides about all of it."""
    user, roles, reason = asked.object, asked.data["roles"], asked.data["reason"]
    if set(roles) <= set(roles_of(user.pk)):
        set_roles(user_id=user.pk, roles=roles, reason=reason, actor=asked.actor)
        messages.success(asked.request, gettext("The roles are taken away."))
        return
    asked_for = request_roles(user_id=user.pk, roles=roles, reason=reason, actor=asked.actor)
    _say_that_it_waits(asked, asked_for)


def _preview_of_roles(asked: Asked) -> Facts:
    """What the boxes as they are ticked now would do, and when."""
    held, wanted = set(roles_of(asked.object.pk)), set(asked.data.get("roles", ()))
    if wanted == held:
        effect = _("Nothing changes.")
    elif wanted <= held:
        effect = _("At once.")
    else:
        effect = _("Once a second person agrees; until then nothing changes.")
    return Facts(
        "",
        [
            (_("Given"), named(wanted - held)),
            (_("Taken away"), named(held - wanted)),
            (_("When"), effect),
        ],
    )


def _say_that_it_waits(asked: Asked, asked_for: RoleRequest) -> None:
    said = gettext("%(request)s waits for a second person to agree.")
    messages.success(asked.request, said % {"request": asked_for.reference})


@transaction.atomic
def _add_colleague(asked: Asked) -> HttpResponse:
    colleague = invite_colleague(
        email=asked.data["email"],
        name=asked.data["name"],
        language=asked.data["language"],
        actor=asked.actor,
    )
    asked_for = request_roles(
        user_id=colleague.pk,
        roles=asked.data["roles"],
        reason=asked.data["reason"],
        actor=asked.actor,
    )
    _say_that_it_waits(asked, asked_for)
    return HttpResponseRedirect(page_of(colleague))


def _remove_second_step(asked: Asked) -> None:
    remove_second_factor(user_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _end_sessions(asked: Asked) -> None:
    end_sessions(user_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _is_somebody_with_second_step(user: Any, request: HttpRequest) -> bool:
    return user.second_factor_since is not None and _is_somebody_else(user, request)


def _is_somebody_else(user: Any, request: HttpRequest) -> bool:
    return user.pk != request.user.pk


@admin.register(User)
class UserAdmin(Console):
    """Everybody with an account. Roles are given here; buyers register through the API."""

    aggregate = "user"
    list_display = ("name", "reference", "email", "phone", "kyc", "roles", "is_active", "joined")
    list_filter = ("is_staff", "is_active", "kyc_level")
    search_by = {
        "reference__startswith": upper,
        "phone": phone_of,
        "email__iexact": same,
        "name__istartswith": same,
    }
    search_hint = _("Reference, phone, e-mail or beginning of the name")

    list_decisions = (
        Decision(
            "add",
            _("Add a colleague"),
            "set_roles",
            _add_colleague,
            form=ColleagueForm,
            icon="person_add",
            variant="primary",
            own_page=True,
            needs_proof=True,
        ),
    )
    decisions = (
        Decision(
            "roles",
            _("Set roles"),
            "set_roles",
            _set_roles,
            form=RolesForm,
            ask=_("Roles are taken away at once; where one is given, a second person must agree."),
            preview=_preview_of_roles,
            icon="badge",
            variant="primary",
            when=_is_somebody_else,
            needs_proof=True,
        ),
        *INVITATIONS,
        Decision(
            "end-sessions",
            _("End all sessions"),
            "set_roles",
            _end_sessions,
            done=_("The person is signed out everywhere."),
            form=ReasonForm,
            ask=_(
                "For a stolen phone or computer: everything the person has open at the console and in apps ends."
            ),
            icon="logout",
            variant="danger",
            when=_is_somebody_else,
        ),
        Decision(
            "remove-second-step",
            _("Remove two-step sign-in"),
            "set_roles",
            _remove_second_step,
            done=_("Two-step sign-in is removed. A new device can be set up at the next sign-in."),
            form=ReasonForm,
            ask=_(
                "For a colleague who lost the device and the recovery codes: make sure it is them who asks."
            ),
            icon="phonelink_erase",
            variant="danger",
            when=_is_somebody_with_second_step,
            needs_proof=True,
        ),
        seeing(lambda user: user.pk, when=is_no_colleague),
        *CONTACT.decisions,
        *ADDRESSES.decisions,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @display(description=_("Roles"))
    def roles(self, user: User) -> Any:
        return named(group.name for group in user.groups.all())

    @display(description=_("Identity"), ordering="kyc_level")
    def kyc(self, user: User) -> Any:
        return user.get_kyc_level_display()

    @display(description=_("Joined"), ordering="date_joined")
    def joined(self, user: User) -> Any:
        return moment(user.date_joined)

    def page(self, request: HttpRequest, user: User) -> Page:
        requests = list(
            user.role_requests.select_related("requested_by", "decided_by").order_by("-pk")[:NEWEST]
        )
        contact = CONTACT.on(request, user)
        page = Page(
            figures=[
                (_("Reference"), user.reference),
                (_("Identity"), user.get_kyc_level_display()),
                (_("Roles"), named(roles_of(user.pk))),
            ],
            notices=[*invitation_notices(user), *BY_TWO.told(request, requests, _said)],
            main=[
                Facts(
                    _("Person"),
                    [
                        (_("Name"), user.name),
                        (_("E-mail address"), contact("email", user.email)),
                        (_("Phone"), contact("phone", user.phone)),
                        (_("Phone verified"), moment(user.phone_verified_at)),
                        (_("Language"), user.get_language_display()),
                        (_("Staff"), yes_no(user.is_staff)),
                        (_("Two-step sign-in since"), moment(user.second_factor_since)),
                        (_("Active"), yes_no(user.is_active)),
                        (_("Joined"), moment(user.date_joined)),
                        (_("Last sign-in to the console"), moment(user.last_login)),
                    ],
                    actions=contact.button,
                ),
                *requests_table(request, _("Role requests"), requests, (_("New"), new_roles)),
                _addresses(user, ADDRESSES.on(request, user)),
            ],
            subjects=[("user", [user.pk]), ("role_request", [one.pk for one in requests])],
        )
        if request.user.has_perm("orders.view_order"):
            page.main.append(_orders(user))
        return page


def _said(asked_for: RoleRequest) -> str:
    text = gettext("%(who)s asks that this person be given: %(roles)s.")
    return text % {"who": asked_for.requested_by, "roles": new_roles(asked_for)}


def _addresses(user: User, shown: Shown) -> Table:
    rows = list(Address.objects.filter(user=user).order_by("-is_default", "-pk")[:NEWEST])
    return Table(
        _("Addresses"),
        [_("Recipient"), _("Phone"), _("Street"), _("Region"), _("Default")],
        [
            (
                one.recipient,
                shown("phone", one.phone),
                shown("street", one.street),
                one.region,
                yes_no(one.is_default),
            )
            for one in rows
        ],
        empty=_("No address yet."),
        actions=shown.button if rows else "",
    )


def _orders(user: User) -> Table:
    orders = Order.objects.filter(buyer=user).order_by("-pk")[:NEWEST]
    return Table(
        _("Newest orders"),
        [_("Order"), _("State"), _("Placed"), (_("Total"), "number")],
        [(link(one), state(one), moment(one.placed_at), total_of(one)) for one in orders],
        empty=_("No order yet."),
    )


def total_of(order: Order) -> Any:
    return money(order.total_minor, order.currency)

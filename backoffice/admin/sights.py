"""Sights of accounts: who looked at whose, why, and at what; and the buttons that begin and end one."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.masks import masked
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import chip, link, moment
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import upper
from backoffice.seeing.tabs import FIRST
from backoffice.sessions import session_of
from marketplace.accounts.models import User
from marketplace.privacy.commands import begin_sight, end_sight
from marketplace.privacy.models import Sight
from marketplace.privacy.policies import SIGHT_DUTY
from marketplace.privacy.queries import uses_of
from marketplace.shared import clock

# Who keeps the roles of all may end what any of them began.
KEEPERS = "backoffice.set_roles"


def seeing(
    whose: Callable[[Any], UUID],
    *,
    first: str = FIRST,
    when: Callable[[Any, HttpRequest], bool] | None = None,
) -> Decision:
    """The button on the page of a person, or of a shop for its owner's account."""

    def run(asked: Asked) -> HttpResponse:
        sight = begin_sight(
            user_id=whose(asked.object),
            reason=asked.data["reason"],
            console_session_id=session_of(asked.request),
            actor=asked.actor,
        )
        return HttpResponseRedirect(reverse("admin:seeing", args=[sight.pk, first]))

    return Decision(
        "see-as",
        _("See as they do"),
        SIGHT_DUTY,
        run,
        form=ReasonForm,
        ask=_(
            "You see their account as they do for a few minutes, and can do nothing in it. They are"
            " told that we looked, and read this reason. Every page is written down."
        ),
        icon="visibility",
        when=when,
        only_adds=True,
        needs_proof=True,
    )


def is_no_colleague(user: User, _request: HttpRequest) -> bool:
    return user.is_active and not user.is_staff


def _end(asked: Asked) -> HttpResponse:
    end_sight(
        sight_id=asked.object.pk,
        may_end_others=asked.request.user.has_perm(KEEPERS),
        actor=asked.actor,
    )
    return HttpResponseRedirect(reverse("admin:privacy_sight_change", args=[asked.object.pk]))


def _may_end(sight: Sight, request: HttpRequest) -> bool:
    is_mine = sight.staff_id == request.user.pk
    return _stands(sight) and (is_mine or request.user.has_perm(KEEPERS))


def _may_go_on(sight: Sight, request: HttpRequest) -> bool:
    return _stands(sight) and sight.staff_id == request.user.pk


def _go_on(asked: Asked) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:seeing", args=[asked.object.pk, FIRST]))


def _stands(sight: Sight) -> bool:
    return sight.ended_at is None and clock.now() < sight.ends_at


@admin.register(Sight)
class SightAdmin(Console):
    """For those who may look themselves, and for whoever watches over them."""

    intro = _(
        "Staff who looked at the account of a buyer or seller as its owner sees it. They could do nothing"
        " there; the owner was told."
    )
    empty = _("Nobody has looked. Who may begins on the page of a person or a seller.")
    list_display = ("reference", "staff", "user", "reason", "standing", "began")
    list_select_related = ("staff", "user")
    page_select_related = ("staff", "user", "ended_by")
    search_by: ClassVar[Any] = {
        "reference__startswith": upper,
        "user__reference__startswith": upper,
    }
    search_hint = _("Reference of the look or of the person")
    decisions = (
        Decision(
            "go-on",
            _("Go on looking"),
            SIGHT_DUTY,
            _go_on,
            icon="visibility",
            variant="primary",
            when=_may_go_on,
        ),
        Decision(
            "end",
            _("End it"),
            SIGHT_DUTY,
            _end,
            done=_("It is over: nothing of the account is shown any more."),
            icon="visibility_off",
            when=_may_end,
            only_adds=True,
        ),
    )

    @display(description=_("State"))
    def standing(self, sight: Sight) -> Any:
        return chip("running", _("Open")) if _stands(sight) else chip("over", _("Over"))

    @display(description=_("Began"), ordering="-pk")
    def began(self, sight: Sight) -> Any:
        return moment(sight.began_at)

    def page(self, request: HttpRequest, sight: Sight) -> Page:
        may_see = request.user.has_perm("accounts.view_user")
        uses = list(uses_of(sight)[:ROWS_MAX])
        return Page(
            status=self.standing(sight),
            figures=[
                (_("Who looks"), link(sight.staff) if may_see else sight.staff),
                (_("Whose account"), link(sight.user) if may_see else sight.user),
                (_("Began"), moment(sight.began_at)),
                (
                    _("Ended") if sight.ended_at else _("Ends"),
                    moment(sight.ended_at or sight.ends_at),
                ),
            ],
            main=[
                Facts(
                    "",
                    [
                        (_("Reason"), sight.reason),
                        (_("Ended by"), sight.ended_by or _("nobody: it ran out or runs")),
                    ],
                ),
                Table(
                    _("What was looked at"),
                    [_("When"), _("Asked"), (_("Answer"), "number")],
                    [
                        (
                            link(one, moment(one.occurred_at)),
                            masked("text", f"{one.payload['method']} {one.payload['path']}"),
                            one.payload["status"],
                        )
                        for one in uses
                    ],
                    empty=_("Nothing yet."),
                ),
            ],
        )

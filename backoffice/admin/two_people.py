"""The pages of what one person asks for and another decides, as `shared/four_eyes.py` is for their rows.

Buttons are not offered to whom they do not concern; the commands refuse them in any case.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.pages.blocks import Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import NOTHING, link, moment, state, state_column, two_lines
from backoffice.pages.forms import ReasonForm
from backoffice.work.case import CasePage
from marketplace.accounts.queries import people_who_may
from marketplace.shared.four_eyes import TwoPersonRequest

ASKED_BY_YOU = _("You asked for this: somebody else decides.")
ABOUT_YOU = _("This is about you: others decide.")
NOBODY = _(
    "Nobody else may decide about this at present. Who may run commands on the server gives a second"
    " person the role with “manage.py give_roles”."
)


@dataclass(frozen=True, slots=True)
class Says:
    """What a button asks before, and what is said when it is done."""

    ask: Any
    done: Any


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """One kind of such requests: its duty, its commands (each takes `key`, `actor`, and a reason to
    reject), and the state in which it waits."""

    duty: str
    waiting: str
    approve: Callable[..., Any]
    reject: Callable[..., Any]
    withdraw: Callable[..., Any] | None = None
    key: str = "request_id"
    # Whoever it is about has no say either.
    subject: str = ""

    def waits(self, request: Any) -> bool:
        return bool(request.status == self.waiting)

    def is_by(self, request: Any, who: HttpRequest) -> bool:
        return bool(request.requested_by_id == who.user.pk)

    def is_about(self, request: Any, who: HttpRequest) -> bool:
        return bool(self.subject) and getattr(request, f"{self.subject}_id") == who.user.pk

    def may_decide(self, request: Any, who: HttpRequest) -> bool:
        concerned = self.is_by(request, who) or self.is_about(request, who)
        return self.waits(request) and not concerned

    def may_withdraw(self, request: Any, who: HttpRequest) -> bool:
        return self.waits(request) and self.is_by(request, who)

    def decisions(
        self, *, approving: Says, rejecting: Says, withdrawing: Says | None = None, icon: str
    ) -> tuple[Decision, ...]:
        """The buttons of their pages. Who asked may withdraw; where there is no such command, reject."""
        rejects = self.may_decide if self.withdraw else lambda request, who: self.waits(request)
        found = [
            Decision(
                "reject",
                _("Reject"),
                self.duty,
                self._run(self.reject, with_reason=True),
                done=rejecting.done,
                form=ReasonForm,
                ask=rejecting.ask,
                icon="close",
                variant="danger",
                when=rejects,
                key="r",
            ),
            Decision(
                "approve",
                _("Approve"),
                self.duty,
                self._run(self.approve),
                done=approving.done,
                ask=approving.ask,
                icon=icon,
                variant="primary",
                when=self.may_decide,
                key="a",
                needs_proof=True,
            ),
        ]
        if self.withdraw is not None and withdrawing is not None:
            found.append(
                Decision(
                    "withdraw",
                    _("Withdraw"),
                    self.duty,
                    self._run(self.withdraw),
                    done=withdrawing.done,
                    ask=withdrawing.ask,
                    icon="undo",
                    when=self.may_withdraw,
                )
            )
        return tuple(found)

    def _run(
        self, command: Callable[..., Any], *, with_reason: bool = False
    ) -> Callable[[Asked], None]:
        def run(asked: Asked) -> None:
            reason = {"reason": asked.data["reason"]} if with_reason else {}
            command(**{self.key: asked.object.pk}, **reason, actor=asked.actor)

        return run

    def notices(self, request: Any, who: HttpRequest) -> list[tuple[str, Any]]:
        """Why the buttons are missing; nothing once it is decided."""
        if not self.waits(request):
            return []
        found: list[tuple[str, Any]] = []
        if self.is_by(request, who):
            found.append(("info", ASKED_BY_YOU))
        if self.is_about(request, who):
            found.append(("info", ABOUT_YOU))
        return found

    def lacks_another(self, request: Any) -> bool:
        """Whether nobody who may decide is left beside those whom it concerns."""
        concerned = {request.requested_by_id}
        if self.subject:
            concerned.add(getattr(request, f"{self.subject}_id"))
        return not set(people_who_may(self.duty)) - concerned

    def told(
        self, who: HttpRequest, requests: Iterable[Any], say: Callable[[Any], str]
    ) -> list[tuple[str, Any]]:
        """On the page of what they are about: what is asked for and waits."""
        return [
            ("warning", format_html("{} {}", say(request), _linked(who, request)))
            for request in requests
            if self.waits(request)
        ]


class AskedColumns(Console):
    """What lists of such requests have in common."""

    list_select_related: ClassVar[Sequence[str]] = ("requested_by", "decided_by")
    status_label = state_column()

    @display(description=_("Requested"), ordering="-pk")
    def asked(self, request: TwoPersonRequest) -> Any:
        return two_lines(request.requested_by, moment(request.requested_at))


class RequestPage(CasePage, AskedColumns):
    """The page of one request: what it is about and what held before, why, and what became of it."""

    chips = "status"
    two: ClassVar[TwoPeople]
    # Said where what was asked for fits no more.
    moved: Any = ""

    def figures(self, request: HttpRequest, asked_for: Any) -> list[tuple[Any, Any]]:
        """Before and afterwards at a glance."""
        raise NotImplementedError

    def subjects(self, asked_for: Any) -> list[tuple[str, list[Any]]]:
        """What it is about, as events call it."""
        raise NotImplementedError

    def has_moved(self, asked_for: Any) -> bool:
        """Whether something else holds by now than when it was asked for."""
        return False

    def compared(self, request: HttpRequest, asked_for: Any) -> list[Any]:
        """Blocks that say more of before and afterwards."""
        return []

    def beyond(self, request: HttpRequest, asked_for: Any) -> list[Any]:
        """Blocks about its subject."""
        return []

    def notices(self, request: HttpRequest, asked_for: Any) -> list[tuple[str, Any]]:
        found = self.two.notices(asked_for, request)
        if self.two.waits(asked_for):
            if self.has_moved(asked_for):
                found.append(("warning", self.moved))
            if self.two.lacks_another(asked_for):
                found.append(("warning", NOBODY))
        return found

    def page(self, request: HttpRequest, asked_for: Any) -> Page:
        return Page(
            figures=self.figures(request, asked_for),
            notices=self.notices(request, asked_for),
            main=[
                *self.compared(request, asked_for),
                asked_and_decided(asked_for),
                *self.beyond(request, asked_for),
            ],
            subjects=[(self.aggregate, [asked_for.pk]), *self.subjects(asked_for)],
        )


def requests_table(
    who: HttpRequest,
    title: Any,
    requests: Iterable[Any],
    *columns: tuple[Any, Callable[[Any], Any]],
) -> list[Table]:
    """On the page of what they are about: all of them, and what became of each; nothing where nobody
    asked. `columns` say what was asked for."""
    rows = [
        (
            _linked(who, request),
            *(cell(request) for _heading, cell in columns),
            state(request),
            two_lines(request.requested_by, moment(request.requested_at)),
            request.decided_by or NOTHING,
        )
        for request in requests
    ]
    headings = [heading for heading, _cell in columns]
    return (
        [
            Table(
                title,
                [_("Reference"), *headings, _("Status"), _("Requested"), _("Decided by")],
                rows,
            )
        ]
        if rows
        else []
    )


def _linked(who: HttpRequest, request: Any) -> Any:
    """For those who may see it."""
    meta = request._meta
    may_see = who.user.has_perm(f"{meta.app_label}.view_{meta.model_name}")
    return link(request) if may_see else request.reference


def asked_and_decided(request: Any, *more: tuple[Any, Any], title: Any = "") -> Facts:
    """Who asked for what, why and when, and what became of it; `more` stands in between."""
    return Facts(
        title or _("What is asked for"),
        [
            (_("Reason"), request.reason),
            (_("Requested by"), request.requested_by),
            (_("Requested"), moment(request.requested_at)),
            *more,
            (_("Decided by"), request.decided_by),
            (_("Decided"), moment(request.decided_at)),
            (_("Reason for the decision"), request.decision_reason),
        ],
        is_growing=True,
    )

"""Showing personal data to a member of staff who says what for.

A page draws every such value through `Personal.on(request, thing)`: masked, with a button to reveal it.
The button asks for a reason, which stays in the event log and in the timeline of the person whose data
it is; then this session sees the values of this one thing for a few minutes, or until it hides them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.admin.base import buttons
from backoffice.masks import masked
from backoffice.pages.decisions import Asked, Decision, Place
from backoffice.pages.forms import Choice, Words
from marketplace.privacy.commands import reveal
from marketplace.privacy.states import RevealReason
from marketplace.shared import clock

DUTY = "reveal_personal_data"
# Long enough for a call, short enough for a screen that is left.
SHOWN_FOR = timedelta(minutes=5)
NOTE_MAX = 200
_SESSION = "revealed"


@dataclass(frozen=True, slots=True)
class Whose:
    """The account or the shop that the data is about; neither where we do not know."""

    user_id: UUID | None = None
    seller_id: UUID | None = None


class RevealForm(forms.Form):
    reason = Choice(label=_("What for"), choices=RevealReason.choices)
    note = Words(label=_("In your words"), max_length=NOTE_MAX, required=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """The personal data of one thing, for one person on one page."""

    until: float | None
    button: SafeString

    def __call__(self, field: str, value: Any) -> Any:
        """The value, or its mask, by the name of its column."""
        return masked(field, value) if self.until is None else value


@dataclass(frozen=True, slots=True)
class Personal:
    """What one button shows of things of one kind: which of their fields, and whose they are."""

    name: str
    fields: tuple[str, ...]
    whose: Callable[[Any], Whose]

    @property
    def decisions(self) -> tuple[Decision, Decision]:
        """For the pages of the thing; the buttons stand where `Shown.button` is drawn."""
        return (
            Decision(
                f"reveal-{self.name}",
                _("Reveal"),
                DUTY,
                partial(_reveal, personal=self),
                done=_("It is shown to you for five minutes. That you looked stands in the log."),
                form=RevealForm,
                ask=_(
                    "You see it in full for five minutes. Who looked, and why, stands in the log."
                ),
                icon="visibility",
                when=lambda thing, request: self._until(request, thing) is None,
                place=Place.PAGE,
                only_adds=True,
            ),
            Decision(
                f"hide-{self.name}",
                _("Hide"),
                DUTY,
                partial(_hide, personal=self),
                icon="visibility_off",
                when=lambda thing, request: self._until(request, thing) is not None,
                place=Place.PAGE,
                only_adds=True,
            ),
        )

    def on(self, request: HttpRequest, thing: Any) -> Shown:
        until = self._until(request, thing)
        button = buttons(request, thing, only=(f"reveal-{self.name}", f"hide-{self.name}"))
        if until is not None:
            button = format_html('<span class="zt-until">{}</span>{}', _said(until), button)
        return Shown(until, button)

    def key(self, thing: Any) -> str:
        """What the session remembers it by."""
        return f"{thing._meta.label_lower}:{thing.pk}:{self.name}"

    def _until(self, request: HttpRequest, thing: Any) -> float | None:
        """Until when it is shown to this person; a duty that was taken away shows nothing any more."""
        until = request.session.get(_SESSION, {}).get(self.key(thing), 0.0)
        is_shown = until > clock.now().timestamp()
        return until if is_shown and request.user.has_perm(f"backoffice.{DUTY}") else None


def _said(until: float) -> str:
    at = timezone.localtime(datetime.fromtimestamp(until, tz=UTC))
    return gettext("Shown until %(time)s") % {"time": f"{at:%H:%M}"}


def _reveal(asked: Asked, *, personal: Personal) -> None:
    """The event first: what cannot be written down is not shown."""
    thing, whose = asked.object, personal.whose(asked.object)
    reveal(
        thing=thing._meta.label_lower,
        thing_id=str(thing.pk),
        shown_on=getattr(thing, "reference", ""),
        fields=personal.fields,
        reason=asked.data["reason"],
        note=asked.data["note"],
        user_id=whose.user_id,
        seller_id=whose.seller_id,
        actor=asked.actor,
    )
    now = clock.now()
    still = {key: until for key, until in _kept(asked).items() if until > now.timestamp()}
    still[personal.key(thing)] = (now + SHOWN_FOR).timestamp()
    asked.request.session[_SESSION] = still


def _hide(asked: Asked, *, personal: Personal) -> None:
    kept = _kept(asked)
    kept.pop(personal.key(asked.object), None)
    asked.request.session[_SESSION] = kept


def _kept(asked: Asked) -> dict[str, float]:
    return dict(asked.request.session.get(_SESSION, {}))

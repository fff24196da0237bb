"""The forms of working on cases: giving one to a colleague, putting one aside, a note."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.pages.colleagues import ColleagueForm
from backoffice.pages.forms import REASON_MAX, Choice, LongWords
from marketplace.casework.policies import NOTE_MAX
from marketplace.shared import clock

MORNING_HOUR = 8


def _morning(days: int) -> datetime:
    """Eight o'clock where the console's people are, so many days from now."""
    local = timezone.localtime(clock.now()) + timedelta(days=days)
    return local.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)


UNTIL: dict[str, tuple[Any, Callable[[], datetime]]] = {
    "hours": (_("For three hours"), lambda: clock.now() + timedelta(hours=3)),
    "tomorrow": (_("Until tomorrow morning"), lambda: _morning(1)),
    "days": (_("For three days, until the morning"), lambda: _morning(3)),
    "week": (_("For a week, until the morning"), lambda: _morning(7)),
    "fortnight": (_("For two weeks, until the morning"), lambda: _morning(14)),
}


class SnoozeForm(forms.Form):
    """Cleans to the instant at which the case comes back."""

    until = Choice(
        label=_("Put it aside"),
        choices=[(key, label) for key, (label, _instant) in UNTIL.items()],
        initial="tomorrow",
    )
    reason = LongWords(
        label=_("What it waits for"),
        max_length=REASON_MAX,
        rows=2,
        help_text=_("Its clock goes on meanwhile."),
    )

    def clean_until(self) -> datetime:
        _label, instant = UNTIL[self.cleaned_data["until"]]
        return instant()


class CaseColleagueForm(ColleagueForm):
    """Those who may work on the case's queue; begins with who has it."""

    def duty_of(self, thing: Any) -> str:
        return thing.work.queue.duty if thing is not None and thing.work else ""

    def values_of(self, thing: Any) -> dict[str, Any]:
        holder = thing.work.holder if thing.work else None
        return {"assignee": str(holder.pk) if holder else ""}


class CaseNoteForm(forms.Form):
    note = LongWords(
        label=_("Note"),
        max_length=NOTE_MAX,
        rows=2,
        help_text=_("Only colleagues read it. Name one after an @ and they are told."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs |= {"data-mentions": "1", "data-key": "m"}

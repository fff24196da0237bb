"""How values look: money, states, links. The same in lists, on pages and in tables."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.pages import blocks
from marketplace.payments.states import Provider
from marketplace.shared import clock
from marketplace.shared.money import DEFAULT_CURRENCY, format_minor

NOTHING = blocks.NOTHING
STATUS = _("Status")
REFERENCE_CHARACTERS_MAX = 16
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

# Of all state machines: what a state's name says about the need to act.
COLOURS = {
    **dict.fromkeys(
        ("approved", "live", "paid", "completed", "succeeded", "delivered", "active", "accepted",
         "ready", "finished", "imported", "matched", "sent", "available", "done", "processed",
         "resolved", "published", "sold", "released", "invoice", "sale", "acknowledged", "closed"), "success",
    ),
    **dict.fromkeys(
        ("submitted", "in_moderation", "awaiting_approval", "to_confirm", "to_ship", "uploaded",
         "pending", "queued", "requested", "unmatched", "information_requested", "planned",
         "paused", "on_hold", "suspended", "received", "proposed", "approval", "appealed",
         "waiting", "not_available", "reopening", "reopened"), "warning",
    ),
    **dict.fromkeys(("in_review", "running", "shipped", "created", "open"), "info"),
    **dict.fromkeys(
        ("rejected", "failed", "refused", "dead", "unknown", "exception", "malformed", "reversed",
         "returned", "differs", "denied", "taken_down"),
        "danger",
    ),
}  # fmt: skip


# A payment that nobody paid, a seller who left: over, and no success.
ENDED = {("payments.intent", "closed"), ("sellers.seller", "closed")}


class _Variants(dict[str, str]):
    """Unfold looks a label's variant up by its value; a state without a colour is grey."""

    def __missing__(self, key: str) -> str:
        return ""


VARIANTS = _Variants(COLOURS)


def chip(value: str, text: Any) -> SafeString:
    """A state as a coloured label."""
    return _chip(VARIANTS[value], str(text))


@lru_cache(maxsize=1_000)
def _chip(variant: str, text: str) -> SafeString:
    """States are few, and lists and pages are full of them."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "variant": variant})


def state(thing: models.Model, field: str = "status") -> SafeString:
    return chip(_coloured_as(thing, field), _choice(thing, field))


def _coloured_as(thing: models.Model, field: str) -> str:
    """The state's value; grey where the same word means an end without success."""
    value: str = getattr(thing, field)
    return "" if (type(thing)._meta.label_lower, value) in ENDED else value


def _choice(thing: models.Model, field: str) -> Any:
    """What Django's `get_…_display` says, which takes all choices apart for each row."""
    value = getattr(thing, field)
    return _choices(type(thing), field).get(value, value)


@cache
def _choices(model: type[models.Model], field: str) -> dict[Any, Any]:
    column: Any = model._meta.get_field(field)
    return dict(column.flatchoices)


def state_column(field: str = "status", description: Any = STATUS) -> Callable[..., Any]:
    """A list column with the state as a coloured label."""

    def column(model_admin: Any, thing: Any) -> tuple[str, Any]:
        return _coloured_as(thing, field), _choice(thing, field)

    column.__name__ = f"{field}_label"
    return display(description=description, ordering=field, label=VARIANTS)(column)


def money_column(field: str, description: Any) -> Callable[..., Any]:
    """A list column with an amount in its currency."""

    def column(model_admin: Any, thing: Any) -> Any:
        return money(getattr(thing, field), getattr(thing, "currency", DEFAULT_CURRENCY))

    column.__name__ = f"{field}_shown"
    return display(description=description, ordering=field)(column)


def money(amount_minor: int | None, currency: str = DEFAULT_CURRENCY) -> Any:
    if amount_minor is None:
        return NOTHING
    return format_html('<span class="zt-money">{}</span>', format_minor(amount_minor, currency))


def percent(basis_points: int | None) -> str:
    """A share as people say it: 600 basis points are 6 %."""
    return NOTHING if basis_points is None else f"{basis_points / 100:g} %"


def moment(instant: datetime | None) -> Any:
    """Day and time where the reader is, with the exact instant to hover."""
    if instant is None:
        return NOTHING
    local = timezone.localtime(instant)
    # Nothing of it needs escaping.
    return SafeString(
        f'<time class="zt-time" datetime="{instant.isoformat()}"'
        f' title="{local:%Y-%m-%d %H:%M:%S %Z}">{_day(local)} {local.year}, {local:%H:%M}</time>'
    )


def _day(local: date) -> str:
    """What Django writes for "j M", without taking the format apart each time."""
    return f"{local.day} {str(MONTHS_3[local.month]).title()}"


def day_of(day: date | None) -> str:
    """`28 Nov 2026`, as moments are written, without an hour."""
    return f"{_day(day)} {day.year}" if day else NOTHING


def days_of(first: date, last: date) -> str:
    """`1–28 Nov 2026`: what both days share is said once."""
    if (first.year, first.month) == (last.year, last.month):
        return day_of(last) if first == last else f"{first.day}–{day_of(last)}"
    begin = _day(first) if first.year == last.year else day_of(first)
    return f"{begin} – {day_of(last)}"


def month_of(day: date) -> str:
    """`November 2026`."""
    return date_format(day, "F Y")


def provider_name(provider: str) -> str:
    """A wallet's provider as people call it: `mixx` is Mixx by Yas."""
    return dict(Provider.choices).get(provider, provider)


def span(seconds: int) -> str:
    """A length of time in the largest unit that says enough: 45 s, 12 min, 5 h, 2 days."""
    if seconds < 2 * MINUTE_S and seconds != MINUTE_S:
        return gettext("%(count)s s") % {"count": seconds}
    if seconds < 2 * HOUR_S and seconds != HOUR_S:
        return gettext("%(count)s min") % {"count": seconds // MINUTE_S}
    if seconds < 2 * DAY_S and seconds != DAY_S:
        return gettext("%(hours)s h") % {"hours": seconds // HOUR_S}
    days = seconds // DAY_S
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def ageing(opened_at: datetime, due_at: datetime) -> Any:
    """How long something waits, and when it is due; late in red."""
    now = clock.now()
    is_late, days = due_at < now, max(0, (now - opened_at).days)
    waits = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    if not days:
        waits = gettext("since today")
    local = timezone.localtime(due_at)
    due = f"{_day(local)}, {local:%H:%M}"
    said = gettext("late since %(due)s") if is_late else gettext("due %(due)s")
    return format_html(
        '<span class="zt-waits{}"><time class="zt-number" datetime="{}">{}</time><br>'
        '<span class="zt-lesser">{}</span></span>',
        " zt-late" if is_late else "",
        opened_at.isoformat(),
        waits,
        said % {"due": due},
    )


def page_of(thing: models.Model) -> str:
    """The address of a thing's page."""
    meta = (thing._meta.concrete_model or type(thing))._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])


def link(thing: models.Model | None, text: Any = "") -> Any:
    """A thing by its name, leading to its page."""
    if thing is None:
        return NOTHING
    shown = text or str(thing)
    return format_html(
        '<a class="zt-link{}" href="{}">{}</a>', _kept_whole(shown), page_of(thing), shown
    )


def _kept_whole(shown: Any) -> str:
    """References do not break at their dash."""
    text = str(shown)
    return " zt-whole" if len(text) <= REFERENCE_CHARACTERS_MAX and " " not in text else ""


def reference_link(reference: str) -> Any:
    """Any reference of ours, found when it is followed."""
    if not reference:
        return NOTHING
    return format_html(
        '<a class="zt-link zt-whole" href="{}">{}</a>',
        reverse("admin:find", args=[reference]),
        reference,
    )


def two_lines(first: Any, second: Any) -> Any:
    """The main thing, and a lesser one under it."""
    return format_html('{}<br><span class="zt-lesser">{}</span>', first, second)


def late(words: Any) -> Any:
    """What a person should not overlook."""
    return format_html('<span class="zt-late">{}</span>', words)


@lru_cache(maxsize=2)
def yes_no(value: bool) -> Any:
    return render_to_string("unfold/helpers/boolean.html", {"value": value})

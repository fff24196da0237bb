"""The events of a thing, told in words: who did what, when, from which state to which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.changes import change_in_words, value_in_words
from backoffice.event_names import ICONS, TITLES
from backoffice.pages.display import moment
from backoffice.sayings import said_again
from backoffice.things import model_of_subject
from marketplace.accounts.models import User
from marketplace.payments.explanations import explained
from marketplace.shared.actors import ActorKind
from marketplace.shared.models import LoggedEvent

ITEMS_MAX = 60
# Whose states an event tells, where that is not what it is about.
STATES_OF = {
    "payouts.wallet_checked": "payouts.walletcheck",
    "sellers.document_reviewed": "sellers.kycdocument",
}
# The parts of the system that act by themselves, as an actor's label names them.
PARTS = {
    "accounts": gettext_lazy("accounts"),
    "billing": gettext_lazy("billing"),
    "casework": gettext_lazy("casework"),
    "demo": gettext_lazy("demo"),
    "disputes": gettext_lazy("disputes"),
    "fiscal": gettext_lazy("tax receipts"),
    "listings": gettext_lazy("listings"),
    "notifications": gettext_lazy("notifications"),
    "orders": gettext_lazy("orders"),
    "payments": gettext_lazy("payments"),
    "payouts": gettext_lazy("payouts"),
    "privacy": gettext_lazy("privacy"),
    "reconciliation": gettext_lazy("reconciliation"),
    "reference data": gettext_lazy("reference data"),
    "reviews": gettext_lazy("reviews"),
    "server command": gettext_lazy("server command"),
}
# Who writes no sentences of their own but ours, and those of providers.
BY_ITSELF = (ActorKind.SYSTEM, ActorKind.PROVIDER)
# What of a payload reads well beside the title.
TELLING = ("reason", "message", "note", "carrier", "tracking", "outcome", "resolution", "refusal",
           "fields", "shown_on", "kinds")  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineItem:
    title: Any
    # What it happened to, where that is not the page's own thing.
    about: Any
    detail: str
    actor: str
    at: Any
    kind: str
    icon: str


def timeline_of(
    subjects: Sequence[tuple[str, Iterable[Any]]],
    *,
    called: Mapping[str, Any],
    limit: int = ITEMS_MAX,
) -> list[TimelineItem]:
    """The newest events about the subjects `(aggregate, ids)`, newest first; two queries.
    What is `called` something, by its id, is named beside what happened to it."""
    about = Q()
    for aggregate, ids in subjects:
        wanted = [str(one) for one in ids]
        if wanted:
            about |= Q(aggregate=aggregate, aggregate_id__in=wanted)
    if not about:
        return []
    events = list(LoggedEvent.objects.filter(about).order_by("-id")[:limit])
    names = names_of_actors(events)
    return [item_of(event, names, called) for event in events]


def item_of(event: LoggedEvent, names: dict[str, str], called: Mapping[str, Any]) -> TimelineItem:
    return TimelineItem(
        title=title_of(event.name),
        about=_about(event, called),
        detail=detail_of(event),
        actor=actor_name(event, names),
        at=moment(event.occurred_at),
        kind=event.actor_kind,
        icon=ICONS.get(event.name.split(".")[0], "circle"),
    )


def _about(event: LoggedEvent, called: Mapping[str, Any]) -> Any:
    """By the event's own id, else by an id among what it tells."""
    ids = (event.aggregate_id, *(one for one in event.payload.values() if isinstance(one, str)))
    return next((called[one] for one in ids if one in called), "")


def title_of(name: str) -> Any:
    """`orders.paid.v1` → "Order paid"; a name that nobody translated reads as it is."""
    return TITLES.get(name.rpartition(".v")[0]) or name


def detail_of(event: LoggedEvent) -> str:
    whose = STATES_OF.get(event.name.rpartition(".v")[0])
    model = apps.get_model(whose) if whose else model_of_subject(event.name, event.aggregate)
    parts = []
    if event.before and event.after:
        parts += [
            change_in_words(model, key, event.before.get(key), said_by(event, value))
            for key, value in event.after.items()
            # Ids tell nobody anything; who and what they are stands beside the event.
            if event.before.get(key) != value
            and value not in (None, "", [], {})
            and not key.endswith("_id")
        ]
    told = event.after or {}
    parts += [
        value_in_words(model, key, said_by(event, event.payload[key]))
        for key in TELLING
        if event.payload.get(key) not in (None, "") and event.payload[key] != told.get(key)
    ]
    return " · ".join(parts)[:400]


def said_by(event: LoggedEvent, value: Any) -> Any:
    """A sentence of ours in the reader's language, with what a provider's code means; what a person
    wrote, and what is no sentence, as it is."""
    if event.actor_kind not in BY_ITSELF or not isinstance(value, str):
        return value
    said = said_again(value)
    if value == event.payload.get("message"):
        return explained(code=str(event.payload.get("code", "")), message=said)
    return said


def names_of_actors(events: Iterable[LoggedEvent]) -> dict[str, str]:
    """Names of the people behind events that kept no label, one query for all."""
    people = {ActorKind.BUYER, ActorKind.SELLER, ActorKind.STAFF}
    ids = {
        event.actor_id
        for event in events
        if event.actor_kind in people and not event.actor_label and event.actor_id
    }
    if not ids:
        return {}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "name")}


def actor_name(event: LoggedEvent, names: dict[str, str]) -> str:
    who = event.actor_label or names.get(event.actor_id, "") or event.actor_id
    kinds = {
        ActorKind.BUYER: _("buyer"),
        ActorKind.SELLER: _("seller"),
        ActorKind.STAFF: _("ZetuTech"),
        ActorKind.SYSTEM: _("system"),
        ActorKind.PROVIDER: _("provider"),
    }
    kind = kinds.get(ActorKind(event.actor_kind), event.actor_kind)
    if event.actor_kind == ActorKind.SYSTEM:
        who = str(PARTS.get(who, who))
    return f"{who} ({kind})"

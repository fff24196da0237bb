"""Searching the event log: the form above its list, and what its answers ask for.

The fields that are columns are called as Django's look-ups are, so that other pages can lead here.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from backoffice.event_names import TITLES
from backoffice.things import AGGREGATES, REFERENCES, name_of_subject
from marketplace.shared.audit import Wanted
from marketplace.shared.errors import DomainError
from marketplace.shared.events import REGISTRY
from reports.audit_extract import actors_known_as

WORDS_MAX = 80
EVERY_AGGREGATE = tuple(sorted({event.aggregate for event in REGISTRY.values()}))


class Picker(UnfoldAdminTextInputWidget):
    """The browser's own picker of a minute; it knows no seconds and no zones."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str:
        try:
            instant = forms.DateTimeField(required=False).clean(value)
        except forms.ValidationError:
            return ""
        return f"{timezone.localtime(instant):%Y-%m-%dT%H:%M}" if instant else ""


class Minute(forms.DateTimeField):
    widget = Picker

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class Known(forms.CharField):
    """A name or a reference, as people have it."""

    def __init__(self, *, hint: Any, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"placeholder": hint, "autocomplete": "off"})
        super().__init__(required=False, max_length=WORDS_MAX, widget=widget, **kwargs)


def _kinds() -> list[tuple[str, Any]]:
    """Events by what they are about; first of each group all of them, by `context:aggregate`."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, event in REGISTRY.items():
        group = groups.setdefault(capfirst(name_of_subject(name, event.aggregate)), [])
        everything = (_group_of(name), gettext("All of these"))
        if everything not in group:
            group.insert(0, everything)
        group.append((name, str(TITLES.get(name.rpartition(".v")[0], name))))
    sorted_groups = sorted(groups.items())
    return [
        ("", gettext("Everything")),
        *((title, [*kinds[:1], *sorted(kinds[1:], key=_label)]) for title, kinds in sorted_groups),
    ]


def _label(choice: tuple[str, str]) -> str:
    return choice[1]


def _group_of(name: str) -> str:
    return f"{name.partition('.')[0]}:{REGISTRY[name].aggregate}"


class EventSearch(forms.Form):
    """Who, about what, which event, when. Given a QueryDict, it says what is `wanted`."""

    actor = Known(label=_("Who"), hint=_("Name, USR-…, phone, e-mail"))
    about = Known(label=_("About"), hint=_("Reference such as ORD-…, or id"))
    name__exact = forms.ChoiceField(
        label=_("Event"), required=False, choices=lazy(_kinds, list), widget=UnfoldAdminSelectWidget
    )
    occurred_at__gte = Minute(label=_("From"))
    occurred_at__lt = Minute(label=_("Until"))
    request_id__exact = Known(label=_("Request"), hint=_("Id of the request"))

    def clean_actor(self) -> tuple[str, ...] | None:
        words = self.cleaned_data["actor"]
        try:
            return actors_known_as(words) if words else None
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_about(self) -> "Subject | None":
        words = self.cleaned_data["about"]
        return _subject(words) if words else None

    def clean_name__exact(self) -> tuple[str, ...] | None:
        kind = self.cleaned_data["name__exact"]
        if ":" in kind:
            return tuple(name for name in REGISTRY if _group_of(name) == kind)
        return (kind,) if kind else None

    @property
    def wanted(self) -> Wanted | None:
        """None where an answer makes no sense: then nothing is found."""
        if not self.is_valid():
            return None
        found = self.cleaned_data
        aggregates, ids = found["about"] or (None, None)
        return Wanted(
            since=found["occurred_at__gte"],
            until=found["occurred_at__lt"],
            actors=found["actor"],
            aggregates=aggregates,
            about=ids,
            names=found["name__exact"],
            request=found["request_id__exact"] or None,
        )

    @property
    def is_asking(self) -> bool:
        return any(self.said)

    @property
    def said(self) -> Iterator[tuple[str, str]]:
        """The answers given, as label and words."""
        for name, field in self.fields.items():
            if words := self.data.get(name):
                yield str(field.label), words


# Kinds of things, and ids.
type Subject = tuple[tuple[str, ...], tuple[str, ...]]


def _subject(words: str) -> Subject:
    """What a reference names, or an id of whatever kind of thing. Raises ValidationError."""
    label = REFERENCES.get(words.upper().partition("-")[0])
    if label is None:
        return EVERY_AGGREGATE, (words,)
    thing = apps.get_model(label)._default_manager.filter(reference=words.upper()).first()
    if thing is None:
        raise forms.ValidationError(_("Nothing has this reference."))
    known = {aggregate for (_context, aggregate), of in AGGREGATES.items() if of == label}
    return tuple(sorted(known)) or EVERY_AGGREGATE, (str(thing.pk),)

"""Who did what to which thing: the event log of a period. Ordering it is an event of its own."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from marketplace.accounts.queries import people_known_as
from marketplace.ledger.seals import last_seal
from marketplace.shared.audit import Wanted, event_rows
from marketplace.shared.events import REGISTRY
from marketplace.shared.rows import Selection
from reports.base import (
    PERIOD,
    CellKind,
    Column,
    Figure,
    Format,
    Group,
    Parameter,
    ParameterKind,
    Report,
    Values,
    period,
)


def selections(values: Values) -> Sequence[Selection]:
    since, until = period(values)
    actor, aggregate, about, event = (
        values[name] or "" for name in ("actor", "aggregate", "about", "event")
    )
    return [
        event_rows(
            Wanted(
                since=since,
                until=until,
                actors=actors_known_as(actor) if actor else None,
                aggregates=(aggregate,) if aggregate else None,
                about=(about,) if about else None,
                names=(event,) if event else None,
            )
        )
    ]


def actors_known_as(words: str) -> tuple[str, ...]:
    """Ids that events carry: of people, and the words themselves, for those who are no person.

    Raises TooManyPeople.
    """
    return (words, *(str(one) for one in people_known_as(words)))


def extract_of(wanted: Wanted) -> Report:
    """The report of what somebody looks at in the console, instead of a period."""
    return replace(REPORT, parameters=(), selections=lambda _values: [event_rows(wanted)])


def seal(_values: Values) -> list[Figure]:
    """The end of the chain of seals: whoever has this file can prove later what stood in the log."""
    note = last_seal()
    if note is None:
        return []
    return [
        Figure(_("Last seal of the log"), note.text),
        Figure(_("Sealed"), note.sealed_at, CellKind.INSTANT),
    ]


def _aggregates() -> list[tuple[str, str]]:
    names = sorted({event.aggregate for event in REGISTRY.values()})
    return [(name, name.replace("_", " ")) for name in names]


def _names_of_events() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(REGISTRY)]


REPORT = Report(
    code="audit_extract",
    title=_("Audit extract"),
    description=_("Events of a period by actor and thing, with what was before and after."),
    permission="shared.view_loggedevent",
    group=Group.CONTROL,
    icon="policy",
    formats=(Format.CSV, Format.XLSX),
    parameters=(
        *PERIOD,
        Parameter(
            "actor",
            _("Actor's reference, phone, e-mail, name or id"),
            ParameterKind.TEXT,
            is_required=False,
        ),
        Parameter(
            "event", _("Event"), ParameterKind.CHOICE, is_required=False, choices=_names_of_events
        ),
        Parameter(
            "aggregate",
            _("About what"),
            ParameterKind.CHOICE,
            is_required=False,
            choices=_aggregates,
        ),
        Parameter("about", _("Id of the thing"), ParameterKind.TEXT, is_required=False),
    ),
    columns=(
        Column(_("When"), CellKind.INSTANT, 20),
        Column(_("Event"), width=32),
        Column(_("About"), width=16),
        Column(_("Id"), width=38),
        Column(_("Kind of actor"), width=12),
        Column(_("Actor"), width=24),
        Column(_("Id of the actor"), width=38),
        Column(_("Request"), width=24),
        Column(_("Before"), width=48),
        Column(_("After"), width=48),
    ),
    selections=selections,
    summary=seal,
)

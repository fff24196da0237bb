"""Resolving exceptions, one or many of a kind: the ways that fit, and what each of them posts."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from backoffice.pages.blocks import Table
from backoffice.pages.bulk import AskedOfMany, Bulk, Option
from backoffice.pages.display import ageing, link, money, provider_name
from backoffice.pages.forms import REASON_MAX, Choice, LongWords
from marketplace.reconciliation.commands import resolve_exceptions
from marketplace.reconciliation.errors import DifferentKinds
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.policies import (
    BULK_MAX,
    booked_by,
    due_at,
    resolutions_for,
    usual_resolution,
)
from marketplace.reconciliation.sentences import in_words
from marketplace.reconciliation.states import Resolution

EFFECTS = {
    Resolution.NO_ACTION: gettext_lazy(
        "Nothing is posted: books and wallet are right as they are."
    ),
}


class ResolutionForm(forms.Form):
    """One way and one reason; the command knows which ways fit."""

    resolution = Choice(label=gettext_lazy("Resolution"), choices=Resolution.choices)
    reason = LongWords(label=gettext_lazy("Reason"), max_length=REASON_MAX, rows=2)


def options_for(rows: Sequence[ReconciliationException]) -> list[Option]:
    """The ways that fit all of them, with the postings of all; the usual one first."""
    fitting = [
        resolutions_for(kind=row.kind, difference_minor=row.difference_minor) for row in rows
    ]
    usual = {usual_resolution(kind=row.kind, difference_minor=row.difference_minor) for row in rows}
    options = [
        Option(
            value=resolution.value,
            label=resolution.label,
            postings=_postings(rows, resolution),
            effect=EFFECTS.get(resolution, ""),
            is_usual=usual == {resolution},
        )
        for resolution in fitting[0]
        if all(resolution in each for each in fitting)
    ]
    return sorted(options, key=lambda option: not option.is_usual)


def _postings(
    rows: Sequence[ReconciliationException], resolution: Resolution
) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for row in rows:
        for account, amount_minor in booked_by(
            resolution=resolution, provider=row.provider, difference_minor=row.difference_minor
        ):
            total[account] += amount_minor
    debits_first = sorted(total.items(), key=lambda posting: posting[1] < 0)
    return [(account, amount_minor) for account, amount_minor in debits_first if amount_minor]


def _preview(rows: Sequence[ReconciliationException]) -> list[Any]:
    """Raises DifferentKinds: what fits one kind says nothing about another."""
    if len({row.kind for row in rows}) > 1:
        raise DifferentKinds
    total = sum(row.difference_minor for row in rows)
    return [
        Table(
            rows[0].get_kind_display(),
            [
                _("Exception"),
                _("Wallet"),
                _("Explanation"),
                _("Waits"),
                (_("Difference"), "number"),
            ],
            [
                (
                    link(row),
                    provider_name(row.provider),
                    in_words(row),
                    ageing(row.opened_at, due_at(kind=row.kind, opened_at=row.opened_at)),
                    money(row.difference_minor),
                )
                for row in rows
            ],
            footer=[_("Total"), "", "", "", money(total)],
        )
    ]


def _resolve(asked: AskedOfMany) -> str:
    resolved, others = resolve_exceptions(
        exception_ids=[row.pk for row in asked.rows],
        resolution=asked.data["resolution"],
        reason=asked.data["reason"],
        actor=asked.actor,
    )
    said = ngettext(
        "%(count)s exception is resolved.", "%(count)s exceptions are resolved.", resolved
    ) % {"count": resolved}
    if others:
        said += " " + _("Resolved by somebody else in the meantime: %(references)s.") % {
            "references": ", ".join(others)
        }
    return said


TOGETHER = Bulk(
    "resolve",
    gettext_lazy("Resolve together"),
    "resolve_exceptions",
    _preview,
    _resolve,
    at_most=BULK_MAX,
    effect=ngettext_lazy(
        "%(count)s exception is resolved in the way that you choose.",
        "%(count)s exceptions are resolved in the way that you choose.",
        "count",
    ),
    ask=gettext_lazy(
        "One reason for all. Each gets a journal entry of its own; the sums of all stand here."
    ),
    icon="done_all",
    form=ResolutionForm,
    field="resolution",
    options=options_for,
    background="exceptions.resolve",
    summed=Coalesce("actual_minor", 0) - Coalesce("expected_minor", 0),
)

"""Exceptions: differences between the providers' statements and our books, for a person to explain."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice import waiting
from backoffice.admin.base import Console, Queue
from backoffice.admin.ledger import postings_table
from backoffice.models import ExceptionQueue
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Table
from backoffice.pages.decisions import Asked, Decision, ThingForm
from backoffice.pages.display import (
    link,
    moment,
    money,
    money_column,
    reference_link,
    state,
    state_column,
)
from backoffice.pages.forms import REASON_MAX, Choice, LongWords
from backoffice.pages.search import same, upper
from marketplace.ledger.queries import postings_for
from marketplace.reconciliation.commands import resolve_exception
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.queries import possible_resolutions
from marketplace.reconciliation.states import ExceptionStatus


class ResolutionForm(ThingForm):
    """Only what fits this difference is offered."""

    resolution = Choice(label=_("Resolution"))
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = possible_resolutions(self.thing) if self.thing else []
        self.fields["resolution"].choices = [(one.value, one.label) for one in fitting]  # type: ignore[attr-defined]


def _resolve(asked: Asked) -> HttpResponse:
    resolve_exception(
        exception_id=asked.object.pk,
        resolution=asked.data["resolution"],
        reason=asked.data["reason"],
        actor=asked.actor,
    )
    return HttpResponseRedirect(reverse("admin:backoffice_exceptionqueue_changelist"))


def _is_open(exception: Any, request: HttpRequest) -> bool:
    return exception.status == ExceptionStatus.OPEN


class _ExceptionColumns(Console):
    list_display: Sequence[str] = (
        "reference", "provider", "kind_shown", "status_label", "explanation",
        "expected", "found", "opened",
    )  # fmt: skip
    search_by = {"reference__startswith": upper, "target_reference": same}
    search_hint = _("Reference of the exception, or of what of ours it is about")
    status_label = state_column()
    expected = money_column("expected_minor", _("Expected"))
    found = money_column("actual_minor", _("Found"))

    @display(description=_("Kind"), ordering="kind")
    def kind_shown(self, exception: ReconciliationException) -> Any:
        return exception.get_kind_display()

    @display(description=_("Opened"), ordering="opened_at")
    def opened(self, exception: ReconciliationException) -> Any:
        return moment(exception.opened_at)


@admin.register(ReconciliationException)
class ReconciliationExceptionAdmin(_ExceptionColumns):
    exported = {
        _("Reference"): "reference",
        _("Kind"): "get_kind_display",
        _("State"): "get_status_display",
        _("Our reference"): "target_reference",
        _("Receipt"): "line__receipt",
        _("Expected (TZS)"): "expected_minor",
        _("Found (TZS)"): "actual_minor",
        _("Happened"): "happened_at",
        _("Resolution"): "get_resolution_display",
        _("Reason"): "reason",
    }
    aggregate = "exception"
    chips = "status"
    list_filter = ("kind", "resolution")
    decisions = (
        Decision(
            "resolve",
            _("Resolve"),
            "resolve_exceptions",
            _resolve,
            done=_("The exception is resolved."),
            form=ResolutionForm,
            ask=_("Where the resolution moves money, its journal entry is posted at once."),
            icon="rule",
            variant="primary",
            when=_is_open,
        ),
    )

    def page(self, request: HttpRequest, exception: ReconciliationException) -> Page:
        main: list[Any] = [
            Facts(
                _("What differs"),
                [
                    (_("Kind"), exception.get_kind_display()),
                    (_("Explanation"), exception.explanation),
                    (_("Provider"), exception.provider),
                    (_("Our side"), exception.get_target_kind_display()),
                    (_("Our reference"), reference_link(exception.target_reference)),
                    (_("Statement line"), link(exception.line)),
                    (_("Happened"), moment(exception.happened_at)),
                    (_("Opened"), moment(exception.opened_at)),
                ],
            )
        ]
        if exception.resolution:
            main.append(
                Facts(
                    _("Resolution"),
                    [
                        (_("Resolution"), exception.get_resolution_display()),
                        (_("Reason"), exception.reason),
                        (_("Resolved by"), exception.resolved_by),
                        (_("Resolved"), moment(exception.resolved_at)),
                    ],
                )
            )
        books = []
        if request.user.has_perm("ledger.view_entry"):
            references = [exception.reference, exception.target_reference or exception.reference]
            books.append(
                postings_table(
                    _("Books"),
                    list(postings_for(references=references)[:ROWS_MAX]),
                    with_entry=True,
                )
            )
        return Page(
            figures=[
                (_("Expected"), money(exception.expected_minor)),
                (_("Found"), money(exception.actual_minor)),
                (_("Difference"), money(exception.difference_minor)),
            ],
            main=[*main, *books],
        )


@admin.register(ExceptionQueue)
class ExceptionQueueAdmin(Queue, _ExceptionColumns):
    """Oldest first."""

    of = ReconciliationException
    intro = _("Differences between the providers' statements and our books, oldest first.")
    list_display = (
        "reference",
        "provider",
        "kind_shown",
        "explanation",
        "expected",
        "found",
        "opened",
    )
    ordering = ("opened_at",)

    def waiting(self) -> QuerySet[Any]:
        return waiting.exceptions()


def exceptions_table(exceptions: list[ReconciliationException]) -> Table:
    return Table(
        _("Exceptions"),
        [_("Exception"), _("Kind"), _("State"), _("Explanation")],
        [(link(one), one.get_kind_display(), state(one), one.explanation) for one in exceptions],
        empty=_("Nothing differs."),
    )

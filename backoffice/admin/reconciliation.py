"""Exceptions: differences between the providers' statements and our books, for a person to explain."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.exception_filters import (
    AgeFilter,
    AmountFilter,
    AssigneeFilter,
    WalletFilter,
)
from backoffice.admin.exception_page import exception_page
from backoffice.pages.blocks import Page, Table
from backoffice.pages.colleagues import ColleagueForm
from backoffice.pages.decisions import Asked, Decision, Place, ThingForm
from backoffice.pages.display import (
    ageing,
    link,
    moment,
    money,
    provider_name,
    state,
    state_column,
    two_lines,
)
from backoffice.pages.forms import REASON_MAX, Choice, LongWords, ReasonForm
from backoffice.pages.search import same, upper
from backoffice.work.case import CasePage
from backoffice.work.hands import giving, putting_back, snoozing, taking
from marketplace.reconciliation.commands import (
    assign_exception,
    claim_exception,
    note_exception,
    release_exception,
    reopen_exception,
    resolve_exception,
)
from marketplace.reconciliation.commands.desk import NOTE_MAX
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.policies import due_at, usual_resolution
from marketplace.reconciliation.queries import possible_resolutions
from marketplace.reconciliation.sentences import in_words
from marketplace.reconciliation.states import ExceptionStatus

DUTY = "resolve_exceptions"


class OneResolutionForm(ThingForm):
    """Only what fits this difference is offered. Where there is a usual way, what the engine found is
    a reason to begin with."""

    resolution = Choice(label=_("Resolution"))
    reason = LongWords(label=_("Reason"), max_length=REASON_MAX, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = possible_resolutions(self.thing) if self.thing else []
        self.fields["resolution"].choices = [(one.value, one.label) for one in fitting]  # type: ignore[attr-defined]

    def values_of(self, thing: ReconciliationException) -> dict[str, Any]:
        usual = usual_resolution(kind=thing.kind, difference_minor=thing.difference_minor)
        return {"reason": in_words(thing) if usual else ""}


class HandlerForm(ColleagueForm):
    duty = DUTY


class ExceptionNoteForm(ThingForm):
    note = LongWords(label=_("Note"), max_length=NOTE_MAX, rows=2)


def _resolve(asked: Asked) -> None:
    resolve_exception(
        exception_id=asked.object.pk,
        resolution=asked.data["resolution"],
        reason=asked.data["reason"],
        actor=asked.actor,
    )


def _reopen(asked: Asked) -> None:
    reopen_exception(exception_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _claim(asked: Asked) -> None:
    claim_exception(exception_id=asked.object.pk, actor=asked.actor)


def _assign(asked: Asked) -> None:
    assign_exception(
        exception_id=asked.object.pk,
        assignee_id=UUID(asked.data["assignee"]),
        actor=asked.actor,
    )


def _release(asked: Asked) -> None:
    release_exception(exception_id=asked.object.pk, actor=asked.actor)


def _note(asked: Asked) -> None:
    note_exception(exception_id=asked.object.pk, body=asked.data["note"], actor=asked.actor)


def _is_open(exception: Any, request: HttpRequest) -> bool:
    return exception.status == ExceptionStatus.OPEN


def _is_free(exception: Any, request: HttpRequest) -> bool:
    return _is_open(exception, request) and exception.assignee_id is None


def _is_taken(exception: Any, request: HttpRequest) -> bool:
    return _is_open(exception, request) and exception.assignee_id is not None


def _was_closed_by_hand(exception: Any, request: HttpRequest) -> bool:
    return not _is_open(exception, request) and exception.resolved_by_id is not None


class ExceptionColumns(Console):
    list_display: Sequence[str] = (
        "named", "wallet", "explained", "difference", "status_label", "waits", "assignee",
    )  # fmt: skip
    list_select_related = ("assignee",)
    list_filter: Sequence[Any] = (WalletFilter, "kind", AgeFilter, AssigneeFilter, AmountFilter)
    search_by = {"reference__startswith": upper, "target_reference": same}
    search_hint = _("Reference of the exception, or of what of ours it is about")
    status_label = state_column()

    @display(description=_("Exception"), ordering="reference")
    def named(self, exception: ReconciliationException) -> Any:
        return two_lines(exception.reference, exception.get_kind_display())

    @display(description=_("Wallet"), ordering="provider")
    def wallet(self, exception: ReconciliationException) -> Any:
        return provider_name(exception.provider)

    @display(description=_("Explanation"))
    def explained(self, exception: ReconciliationException) -> Any:
        return in_words(exception)

    @display(description=_("Difference"))
    def difference(self, exception: ReconciliationException) -> Any:
        return money(exception.difference_minor)

    @display(description=_("Waits"), ordering="opened_at")
    def waits(self, exception: ReconciliationException) -> Any:
        if exception.status != ExceptionStatus.OPEN:
            return moment(exception.opened_at)
        return ageing(
            exception.opened_at, due_at(kind=exception.kind, opened_at=exception.opened_at)
        )


@admin.register(ReconciliationException)
class ReconciliationExceptionAdmin(CasePage, ExceptionColumns):
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
    list_filter = (WalletFilter, "kind", "resolution", AmountFilter)
    decisions = (
        taking(DUTY, _claim, _is_free),
        giving(DUTY, _assign, _is_open, HandlerForm),
        putting_back(DUTY, _release, _is_taken),
        Decision(
            "reopen",
            _("Open again"),
            DUTY,
            _reopen,
            done=_("The exception is open again, and its entry booked back."),
            form=ReasonForm,
            ask=_("What its resolution had booked is booked back. Both entries stay to be read."),
            icon="undo",
            when=_was_closed_by_hand,
        ),
        # These two have their place in the page, not above it.
        Decision(
            "resolve",
            _("Resolve"),
            DUTY,
            _resolve,
            done=_("The exception is resolved."),
            form=OneResolutionForm,
            icon="rule",
            when=_is_open,
            own_page=True,
            place=Place.PAGE,
            undo="reopen",
        ),
        Decision(
            "note",
            _("Write a note"),
            DUTY,
            _note,
            form=ExceptionNoteForm,
            own_page=True,
            place=Place.PAGE,
            only_adds=True,
        ),
        *snoozing(DUTY),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("assignee", "resolved_by", "line__statement")

    def notes(self, request: HttpRequest, exception: ReconciliationException) -> None:
        """They have their place in the page."""

    def page(self, request: HttpRequest, exception: ReconciliationException) -> Page:
        return exception_page(
            request,
            exception,
            resolve=self._in_the_page(request, exception, "resolve"),
            note=self._in_the_page(request, exception, "note"),
        )

    def _in_the_page(
        self, request: HttpRequest, exception: ReconciliationException, name: str
    ) -> tuple[Any, str] | None:
        decision = next(one for one in self.decisions if one.name == name)
        if not decision.is_offered(request, exception):
            return None
        return decision.bound(request, exception), self.decision_address(decision, exception)


def exceptions_table(exceptions: list[ReconciliationException]) -> Table:
    return Table(
        _("Exceptions"),
        [_("Exception"), _("Kind"), _("State"), _("Explanation")],
        [(link(one), one.get_kind_display(), state(one), in_words(one)) for one in exceptions],
        empty=_("Nothing differs."),
    )

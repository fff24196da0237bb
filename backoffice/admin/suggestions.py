"""Suggested matches: found by the engine, judged by a person, and taken back where it was wrong."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy
from unfold.decorators import display

from backoffice.admin.base import Console
from backoffice.admin.exception_filters import WalletFilter
from backoffice.admin.suggestion_tables import (
    amount_of,
    exceptions_of,
    lines_table,
    receipts_of,
    references_of,
    rule_of,
    score,
    suggestions_table,
    targets_table,
)
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Piece, Table
from backoffice.pages.bulk import AskedOfMany, Bulk
from backoffice.pages.decisions import Asked, Decision, may_become
from backoffice.pages.display import (
    link,
    moment,
    money,
    provider_name,
    state_column,
    two_lines,
)
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import same, upper
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from marketplace.reconciliation.commands import (
    confirm_suggestion,
    confirm_suggestions,
    reject_suggestion,
    take_back_suggestion,
)
from marketplace.reconciliation.models import (
    Suggestion,
    SuggestionLine,
)
from marketplace.reconciliation.policies import BULK_MAX
from marketplace.reconciliation.sentences import in_words, suggested_in_words
from marketplace.reconciliation.states import SUGGESTION_TRANSITIONS, SuggestionStatus
from marketplace.reconciliation.waiting import closing_with, rivals_of

DUTY = "resolve_exceptions"
NOT_POSTED = _("Nothing is posted: our books hold these movements already.")


def _confirm(asked: Asked) -> None:
    confirm_suggestion(suggestion_id=asked.object.pk, actor=asked.actor)


def _reject(asked: Asked) -> None:
    reject_suggestion(suggestion_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor)


def _take_back(asked: Asked) -> None:
    take_back_suggestion(
        suggestion_id=asked.object.pk, reason=asked.data["reason"], actor=asked.actor
    )


def _confirm_many(asked: AskedOfMany) -> str:
    confirmed, others = confirm_suggestions(
        suggestion_ids=[row.pk for row in asked.rows], actor=asked.actor
    )
    said = ngettext(
        "%(count)s match is confirmed.", "%(count)s matches are confirmed.", confirmed
    ) % {"count": confirmed}
    if others:
        said += " " + now_("Explained in another way in the meantime: %(references)s.") % {
            "references": ", ".join(others)
        }
    return said


def _preview(rows: Sequence[Suggestion]) -> list[Table]:
    closed = closing_with(rows)
    sides = _with_sides(Suggestion.objects.filter(pk__in=[row.pk for row in rows]))
    return [
        Table(
            NOT_POSTED,
            [_("Suggestion"), (_("Score"), "number"), _("Statement"), _("Our books"),
             (_("Amount"), "number"), _("Closes")],
            [
                (
                    two_lines(link(row), rule_of(row)),
                    score(row),
                    receipts_of(row),
                    references_of(row),
                    money(amount_of(row)),
                    exceptions_of(closed[row.pk]),
                )
                for row in sides
            ],
            note=_("The surest are confirmed first; what a confirmed match explains in another way is"
                   " left out and named."),
        )
    ]  # fmt: skip


TOGETHER = Bulk(
    "confirm",
    _("Confirm together"),
    DUTY,
    _preview,
    _confirm_many,
    at_most=BULK_MAX,
    effect=ngettext_lazy(
        "%(count)s match is confirmed.", "%(count)s matches are confirmed.", "count"
    ),
    ask=_("Lines and movements are matched, and the exceptions on both sides are closed."),
    icon="done_all",
    background="suggestions.confirm",
)


SIDES = (Prefetch("lines", SuggestionLine.objects.select_related("line")), "targets")


class SuggestionColumns(Console):
    list_display: Sequence[str] = (
        "named", "score_shown", "explained", "sides", "amount", "status_label", "suggested",
    )  # fmt: skip
    list_filter: Sequence[Any] = (WalletFilter, "rule", "is_ambiguous")
    search_by = {"reference__startswith": upper, "targets__target_reference": same}
    search_hint = _("Reference of the suggestion, or of what of ours it is about")
    status_label = state_column()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(*SIDES)

    @display(description=_("Suggestion"), ordering="reference")
    def named(self, suggestion: Suggestion) -> Any:
        return two_lines(suggestion.reference, rule_of(suggestion))

    @display(description=_("Score"), ordering="score")
    def score_shown(self, suggestion: Suggestion) -> Any:
        return score(suggestion)

    @display(description=_("Explanation"))
    def explained(self, suggestion: Suggestion) -> Any:
        return suggested_in_words(suggestion)

    @display(description=_("Lines ↔ movements"))
    def sides(self, suggestion: Suggestion) -> Any:
        lines, targets = suggestion.lines.all(), suggestion.targets.all()
        return format_html('<span class="zt-number">{} ↔ {}</span>', len(lines), len(targets))

    @display(description=_("Amount"))
    def amount(self, suggestion: Suggestion) -> Any:
        return two_lines(money(amount_of(suggestion)), provider_name(suggestion.provider))

    @display(description=_("Suggested"), ordering="suggested_at")
    def suggested(self, suggestion: Suggestion) -> Any:
        return moment(suggestion.suggested_at)


@admin.register(Suggestion)
class SuggestionAdmin(CasePage, SuggestionColumns):
    """Whatever was suggested, and what became of it."""

    aggregate = "suggestion"
    chips = "status"
    exported = {
        _("Reference"): "reference",
        _("Provider"): "provider",
        _("Rule"): "get_rule_display",
        _("Score"): "score",
        _("Explanation"): "explanation",
        _("State"): "get_status_display",
        _("Suggested"): "suggested_at",
        _("Decided"): "decided_at",
        _("Reason"): "reason",
    }
    decisions = (
        Decision(
            "reject",
            _("Not a match"),
            DUTY,
            _reject,
            done=_("It is not suggested again; the lines wait for another explanation."),
            form=ReasonForm,
            icon="close",
            variant="danger",
            when=may_become(SUGGESTION_TRANSITIONS, SuggestionStatus.REJECTED),
            key="r",
        ),
        Decision(
            "confirm",
            _("Confirm the match"),
            DUTY,
            _confirm,
            done=_("The match is confirmed."),
            icon="check",
            variant="primary",
            when=may_become(SUGGESTION_TRANSITIONS, SuggestionStatus.CONFIRMED),
            key="a",
            undo="take-back",
        ),
        Decision(
            "take-back",
            _("Take the match back"),
            DUTY,
            _take_back,
            done=_("The match is taken back; its exceptions are open again."),
            form=ReasonForm,
            ask=_(
                "Lines and movements are separated, and the exceptions on both sides open again."
            ),
            icon="undo",
            when=lambda thing, request: thing.status == SuggestionStatus.CONFIRMED,
        ),
        *hands("suggestion", DUTY),
    )

    def page(self, request: HttpRequest, suggestion: Suggestion) -> Page:
        lines = sorted(suggestion.lines.all(), key=lambda one: one.line_id)
        targets = sorted(suggestion.targets.all(), key=lambda one: (one.settled_at, one.pk))
        rivals = list(rivals_of(suggestion)[:ROWS_MAX])
        is_open = suggestion.status == SuggestionStatus.PROPOSED
        notices: list[tuple[str, Any]] = [("info", suggested_in_words(suggestion))]
        if is_open and rivals:
            notices.append(
                ("warning", _("Other suggestions name the same lines or movements: compare them."))
            )
        main: list[Any] = [
            Piece(
                "",
                "console/blocks/pair.html",
                {"blocks": [lines_table(lines), targets_table(targets)]},
            )
        ]
        if is_open and rivals:
            main.append(suggestions_table(_("Other candidates"), rivals))
        if is_open:
            main.append(_effect(suggestion))
        else:
            main.append(_decided(suggestion))
        return Page(
            notices=notices,
            figures=[
                (_("Score"), score(suggestion)),
                (_("Rule"), suggestion.get_rule_display()),
                (_("Amount"), money(sum(one.amount_minor for one in targets))),
                (_("Wallet"), provider_name(suggestion.provider)),
                (_("Suggested"), moment(suggestion.suggested_at)),
            ],
            main=main,
        )


def _effect(suggestion: Suggestion) -> Table:
    closed = closing_with([suggestion])[suggestion.pk]
    return Table(
        _("What confirming it does"),
        [_("Closes"), _("Kind"), _("Explanation"), (_("Difference"), "number")],
        [
            (link(one), one.get_kind_display(), in_words(one), money(one.difference_minor))
            for one in closed
        ],
        note=NOT_POSTED,
        empty=_("No exception is open on either side."),
    )


def _decided(suggestion: Suggestion) -> Facts:
    return Facts(
        _("Decision"),
        [
            (_("State"), suggestion.get_status_display()),
            (_("Reason"), suggestion.reason),
            (_("Decided by"), suggestion.decided_by or _("system")),
            (_("Decided"), moment(suggestion.decided_at)),
        ],
    )


def _with_sides(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    return rows.prefetch_related(*SIDES).order_by("-score", "suggested_at", "pk")

"""How a suggested match looks: both its sides, its score, what it names and what it closes."""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from backoffice.masks import masked
from backoffice.pages.blocks import Table
from backoffice.pages.display import link, moment, money, reference_link, two_lines
from marketplace.reconciliation.models import (
    ReconciliationException,
    Suggestion,
    SuggestionLine,
    SuggestionTarget,
)

SURE, LIKELY = 80, 60
NAMED_MAX = 3


def lines_table(lines: list[SuggestionLine]) -> Table:
    return Table(
        _("The provider's statement"),
        [_("Line"), (_("Amount"), "number")],
        [
            (
                two_lines(
                    link(one.line, one.line.receipt or "–"),
                    masked("counterparty", one.line.counterparty),
                ),
                two_lines(money(one.line.amount_minor), moment(one.line.completed_at)),
            )
            for one in lines
        ],
        footer=[_("Total"), money(sum(one.line.amount_minor for one in lines))],
    )


def targets_table(targets: list[SuggestionTarget]) -> Table:
    return Table(
        _("Our books"),
        [_("Movement"), (_("Amount"), "number")],
        [
            (
                two_lines(reference_link(one.target_reference), one.get_target_kind_display()),
                two_lines(money(one.amount_minor), moment(one.settled_at)),
            )
            for one in targets
        ],
        footer=[_("Total"), money(sum(one.amount_minor for one in targets))],
    )


def suggestions_table(title: Any, found: list[Suggestion]) -> Table:
    """Suggestions as rows that lead to their pages; lines and targets are loaded."""
    return Table(
        title,
        [_("Suggestion"), (_("Score"), "number"), _("Statement"), _("Our books"),
         (_("Amount"), "number")],
        [
            (
                two_lines(link(one), rule_of(one)),
                score(one),
                receipts_of(one),
                references_of(one),
                money(amount_of(one)),
            )
            for one in found
        ],
    )  # fmt: skip


def score(suggestion: Suggestion) -> Any:
    """The score as a bar: what is surest is longest."""
    level = (
        "sure" if suggestion.score >= SURE else "likely" if suggestion.score >= LIKELY else "weak"
    )
    return format_html(
        '<span class="zt-score zt-score-{}"><meter min="0" max="100" value="{}"></meter> {} %</span>',
        level,
        suggestion.score,
        suggestion.score,
    )


def rule_of(suggestion: Suggestion) -> Any:
    if not suggestion.is_ambiguous:
        return suggestion.get_rule_display()
    return format_html(
        '{} · <span class="zt-late">{}</span>', suggestion.get_rule_display(), _("ambiguous")
    )


def amount_of(suggestion: Suggestion) -> int:
    return sum(one.amount_minor for one in suggestion.targets.all())


def receipts_of(suggestion: Suggestion) -> Any:
    return _joined([link(one.line, one.line.receipt or "–") for one in suggestion.lines.all()])


def references_of(suggestion: Suggestion) -> Any:
    return _joined([reference_link(one.target_reference) for one in suggestion.targets.all()])


def exceptions_of(rows: Sequence[ReconciliationException]) -> Any:
    return _joined([link(row) for row in rows]) if rows else ""


def _joined(parts: Sequence[Any]) -> Any:
    """A few in full, of many the first and how many more."""
    more = [f"+{len(parts) - NAMED_MAX}"] if len(parts) > NAMED_MAX else []
    shown = [*parts[:NAMED_MAX], *more]
    return format_html_join(", ", "{}", ((part,) for part in shown))

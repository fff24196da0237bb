"""An exception on one screen: both sides, what may explain it, the ways to close it, what was said."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.admin.exception_together import options_for
from backoffice.admin.ledger import postings_table
from backoffice.admin.suggestion_tables import suggestions_table
from backoffice.masks import masked
from backoffice.pages.blocks import ROWS_MAX, Facts, Page, Piece
from backoffice.pages.display import ageing, link, moment, money, provider_name, reference_link
from marketplace.ledger.queries import postings_for
from marketplace.reconciliation.models import ReconciliationException
from marketplace.reconciliation.policies import due_at
from marketplace.reconciliation.sentences import in_words
from marketplace.reconciliation.states import ExceptionStatus
from marketplace.reconciliation.waiting import suggestions_about

NOTES_MAX = 200


def exception_page(
    request: HttpRequest, row: ReconciliationException, *, resolve: Any, note: Any
) -> Page:
    """`resolve` and `note` are (form, address) of the two decisions that stand on the page itself;
    None where this person may not take them now."""
    is_open = row.status == ExceptionStatus.OPEN
    found = list(suggestions_about(row)[:ROWS_MAX]) if is_open else []
    main: list[Any] = [
        Piece("", "console/blocks/pair.html", {"blocks": [_theirs(row), _ours(row)]})
    ]
    if found:
        main.append(suggestions_table(_("What may explain it"), found))
    if not is_open:
        main.append(_resolution(row))
    main.append(_notes(row, note))
    if request.user.has_perm("ledger.view_entry"):
        references = {row.reference, row.target_reference} - {""}
        postings = list(postings_for(references=references)[:ROWS_MAX])
        main.append(postings_table(_("Books"), postings, with_entry=True))
    due = due_at(kind=row.kind, opened_at=row.opened_at)
    return Page(
        notices=[("info", in_words(row))],
        figures=[
            (_("The wallet says"), money(row.actual_minor)),
            (_("Our books say"), money(row.expected_minor)),
            (_("Difference"), money(row.difference_minor)),
            (_("Waits") if is_open else _("Opened"),
             ageing(row.opened_at, due) if is_open else moment(row.opened_at)),
            (_("Assigned to"), row.assignee or _("nobody yet")),
        ],
        main=main,
        side=[_ways(row, *resolve, is_explained=bool(found))] if resolve else [],
    )  # fmt: skip


def _theirs(row: ReconciliationException) -> Facts:
    line = row.line
    title = _("The provider's statement")
    wallet = provider_name(row.provider)
    if line is None:
        return Facts(title, [(_("Wallet"), wallet), (_("Line"), _("No statement shows it."))])
    return Facts(
        title,
        [
            (_("Wallet"), wallet),
            (_("Line"), link(line, line.receipt or _("Line %(number)s") % {"number": line.line_number})),
            (_("Kind"), line.get_kind_display()),
            (_("Amount"), money(line.amount_minor)),
            (_("Completed"), moment(line.completed_at)),
            (_("Counterparty"), masked("counterparty", line.counterparty)),
            (_("Third-party id"), line.third_party_id),
            (_("Details"), masked("details", line.details)),
            (_("Statement"), link(line.statement)),
        ],
    )  # fmt: skip


def _ours(row: ReconciliationException) -> Facts:
    title = _("Our books")
    if not row.target_reference:
        return Facts(title, [(_("Movement"), _("Nothing in our books fits it."))])
    return Facts(
        title,
        [
            (_("Kind"), row.get_target_kind_display()),
            (_("Our reference"), reference_link(row.target_reference)),
            (_("Amount"), money(row.expected_minor)),
            (_("Happened"), moment(row.happened_at)),
        ],
    )


def _ways(row: ReconciliationException, form: Any, address: str, *, is_explained: bool) -> Piece:
    options = options_for([row])
    if is_explained:
        # A match is to be judged first: no way is the usual one.
        options = [replace(option, is_usual=False) for option in options]
    return Piece(
        _("How to close it"),
        "console/blocks/ways.html",
        {"options": options, "form": form, "address": address},
    )


def _resolution(row: ReconciliationException) -> Facts:
    return Facts(
        _("Resolution"),
        [
            (_("Resolution"), row.get_resolution_display()),
            (_("Reason"), row.reason),
            (_("Resolved by"), row.resolved_by or _("system")),
            (_("Resolved"), moment(row.resolved_at)),
        ],
    )


def _notes(row: ReconciliationException, note: Any) -> Piece:
    notes = row.notes.select_related("author").order_by("-pk")[:NOTES_MAX]
    form, address = note or (None, "")
    return Piece(
        _("Notes"),
        "console/blocks/notes.html",
        {"notes": list(notes)[::-1], "form": form, "address": address},
    )

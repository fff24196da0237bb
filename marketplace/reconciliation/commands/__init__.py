"""All that can be done in reconciliation. Import from here; the parts are for reading."""

from marketplace.reconciliation.commands.desk import (
    assign_exception,
    claim_exception,
    note_exception,
    release_exception,
)
from marketplace.reconciliation.commands.dropped import take_dropped
from marketplace.reconciliation.commands.exceptions import resolve_exception, resolve_exceptions
from marketplace.reconciliation.commands.fetched import fetch_statement, fetch_statements
from marketplace.reconciliation.commands.orphans import explain_orphans
from marketplace.reconciliation.commands.returns import bring_back_payouts
from marketplace.reconciliation.commands.shown import settle_by_statements
from marketplace.reconciliation.commands.statements import (
    hold_statements,
    import_statement,
    look_again,
    upload_statement,
)
from marketplace.reconciliation.commands.suggestions import (
    confirm_suggestion,
    confirm_suggestions,
    reject_suggestion,
)
from marketplace.reconciliation.commands.undo import reopen_exception, take_back_suggestion

__all__ = [
    "assign_exception",
    "bring_back_payouts",
    "claim_exception",
    "confirm_suggestion",
    "confirm_suggestions",
    "explain_orphans",
    "fetch_statement",
    "fetch_statements",
    "hold_statements",
    "import_statement",
    "look_again",
    "note_exception",
    "reject_suggestion",
    "release_exception",
    "reopen_exception",
    "resolve_exception",
    "resolve_exceptions",
    "settle_by_statements",
    "take_back_suggestion",
    "take_dropped",
    "upload_statement",
]

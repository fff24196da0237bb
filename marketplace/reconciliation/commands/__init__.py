"""All that can be done in reconciliation. Import from here; the parts are for reading."""

from marketplace.reconciliation.commands.dropped import take_dropped
from marketplace.reconciliation.commands.exceptions import resolve_exception
from marketplace.reconciliation.commands.statements import (
    import_statement,
    look_again,
    upload_statement,
)
from marketplace.reconciliation.commands.suggestions import (
    confirm_suggestion,
    confirm_suggestions,
    reject_suggestion,
)

__all__ = [
    "confirm_suggestion",
    "confirm_suggestions",
    "import_statement",
    "look_again",
    "reject_suggestion",
    "resolve_exception",
    "take_dropped",
    "upload_statement",
]

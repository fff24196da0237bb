"""All that can be done in reconciliation. Import from here; the parts are for reading."""

from marketplace.reconciliation.commands.exceptions import resolve_exception
from marketplace.reconciliation.commands.statements import (
    import_statement,
    look_again,
    upload_statement,
)

__all__ = ["import_statement", "look_again", "resolve_exception", "upload_statement"]

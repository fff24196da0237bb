"""What colleagues wrote on a case."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.pages.blocks import Piece
from marketplace.casework.queries import notes_on

NOTES_MAX = 200


def notes_of(kind: str, thing: Any, *, form: Any, address: str) -> Piece:
    """The newest last, and where another is written."""
    notes = list(notes_on(kind=kind, case_id=str(thing.pk))[:NOTES_MAX])
    return Piece(
        _("Notes"),
        "console/blocks/notes.html",
        {"notes": notes[::-1], "form": form, "address": address},
    )

"""Refusals to look."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Invalid


class RevealReasonUnknown(Invalid):
    code = "reveal_reason_unknown"
    message = _("Choose one of the reasons.")
    field = "reason"


class RevealNoteMissing(Invalid):
    """A reason that says nothing by itself."""

    code = "reveal_note_missing"
    message = _("Say in your words what it is for.")
    field = "note"

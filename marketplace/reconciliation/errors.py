"""What reconciliation refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid, NotFound


class AlreadyUploaded(Conflict):
    code = "statement_already_uploaded"
    message = _("This file was uploaded before, as %(reference)s.")
    field = "file"


class StatementTooLarge(Invalid):
    code = "statement_too_large"
    message = _("The file is empty or larger than %(megabytes)s MB.")
    field = "file"


class StatementNotFound(NotFound):
    code = "statement_not_found"
    message = _("There is no such statement.")


class ExceptionNotFound(NotFound):
    code = "exception_not_found"
    message = _("There is no such exception.")


class ResolutionNotPossible(Invalid):
    code = "resolution_not_possible"
    message = _("“%(resolution)s” does not fit an exception of the kind “%(kind)s”.")
    field = "resolution"


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("Say why, so that others understand it a year from now.")
    field = "reason"


class SuggestionNotFound(NotFound):
    code = "suggestion_not_found"
    message = _("There is no such suggested match.")


class SuggestionOutdated(Conflict):
    code = "suggestion_outdated"
    message = _("The lines or movements of this suggestion were matched in the meantime.")


class ExceptionIsResolved(Conflict):
    code = "exception_is_resolved"
    message = _("This exception is resolved; reopen it first.")


class AlreadyTaken(Conflict):
    code = "exception_already_taken"
    message = _("%(colleague)s has taken this exception.")


class AssigneeUnknown(Invalid):
    code = "assignee_unknown"
    message = _("This is no colleague who may enter.")
    field = "assignee"


class NoteMissing(Invalid):
    code = "note_missing"
    message = _("Write something.")
    field = "note"


class NoteTooLong(Invalid):
    code = "note_too_long"
    message = _("A note has at most %(limit)s characters.")
    field = "note"


class TooManyAtOnce(Invalid):
    code = "too_many_at_once"
    message = _("These are %(count)s; at most %(limit)s are decided at once. Choose fewer.")


class DifferentKinds(Invalid):
    code = "exceptions_of_different_kinds"
    message = _("Only exceptions of one kind are resolved together, with one reason for all.")


class NotClosedByHand(Conflict):
    code = "exception_not_closed_by_hand"
    message = _(
        "A statement or a confirmed match closed this exception; it opens again when the match is"
        " taken back."
    )


class ClaimedSince(Conflict):
    code = "movement_claimed_since"
    message = _("%(reference)s stands in a statement by now; decide about that line instead.")

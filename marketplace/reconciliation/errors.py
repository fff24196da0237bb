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

"""What casework refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound


class CaseTaken(Conflict):
    code = "case_taken"
    message = _("%(colleague)s has taken it in the meantime.")


class ColleagueUnknown(Invalid):
    code = "colleague_unknown"
    message = _("This colleague may not enter the console.")
    field = "assignee"


class SnoozeInvalid(Invalid):
    code = "snooze_invalid"
    message = _("Choose a time from now on, at most %(days)s days away.")
    field = "until"


class NoteMissing(Invalid):
    code = "note_missing"
    message = _("Write something.")
    field = "note"


class NoteTooLong(Invalid):
    code = "note_too_long"
    message = _("A note has at most %(limit)s characters.")
    field = "note"


class ViewNameTaken(Conflict):
    code = "view_name_taken"
    message = _("There is a view of this name already.")
    field = "name"


class ViewInvalid(Invalid):
    code = "view_invalid"
    message = _("Give the view a name of at most %(limit)s characters, and filter the list first.")
    field = "name"


class ViewNotFound(NotFound):
    code = "view_not_found"
    message = _("There is no such view, or it is not yours.")


class MacroNotFound(NotFound):
    code = "macro_not_found"
    message = _("There is no such prepared answer.")


class MacroNameTaken(Conflict):
    code = "macro_name_taken"
    message = _("There is a prepared answer of this name already.")
    field = "name"


class MacroNameMissing(Invalid):
    code = "macro_name_missing"
    message = _("Give it a name of at most %(limit)s characters.")
    field = "name"


class MacroTextMissing(Invalid):
    code = "macro_text_missing"
    message = _("Say it in both languages, in at most %(limit)s characters each.")


class MacroBraceStray(Invalid):
    code = "macro_brace_stray"
    message = _("A brace stands alone: write placeholders as {name}.")


class MacroPlaceholderUnknown(Invalid):
    code = "macro_placeholder_unknown"
    message = _("{%(unknown)s} is not known. There are: %(known)s.")


class MacroTooLongForReason(Invalid):
    code = "macro_too_long_for_reason"
    message = _(
        "It is used as a reason, which has at most %(limit)s characters; with what is filled in, this"
        " has about %(length)s."
    )


class ReasonTooLong(Invalid):
    code = "reason_too_long"
    message = _(
        "A reason has at most %(limit)s characters; with what is filled in, it has %(length)s."
    )
    field = "reason"


class QueueTimeInvalid(Invalid):
    code = "queue_time_invalid"
    message = _("The time is between 1 and %(limit)s hours.")
    field = "hours"


class BulkEmpty(Invalid):
    code = "bulk_empty"
    message = _("Nothing that waits was chosen.")


class BulkTooLarge(Invalid):
    code = "bulk_too_large"
    message = _("More than %(most)s rows were chosen: filter the list.")


class BulkNotFound(NotFound):
    code = "bulk_not_found"
    message = _("There is no such bulk decision.")


class BulkNotYours(Forbidden):
    code = "bulk_not_yours"
    message = _("Only who chose these rows starts or cancels it.")


class BulkDutyLost(Forbidden):
    code = "bulk_duty_lost"
    message = _("Whoever asked for it may no longer decide this.")

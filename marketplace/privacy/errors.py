"""Refusals to look."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Forbidden, Invalid


class RevealReasonUnknown(Invalid):
    code = "reveal_reason_unknown"
    message = _("Choose one of the reasons.")
    field = "reason"


class RevealNoteMissing(Invalid):
    """A reason that says nothing by itself."""

    code = "reveal_note_missing"
    message = _("Say in your words what it is for.")
    field = "note"


class SightOfStaff(Forbidden):
    """Whoever sees with a colleague's eyes could see more than their own role shows."""

    code = "sight_of_staff"
    message = _("The account of a member of staff is seen by nobody else.")


class SightOfNobody(Invalid):
    code = "sight_of_nobody"
    message = _("The account is closed: there is nothing to see.")


class SightReasonMissing(Invalid):
    code = "sight_reason_missing"
    message = _("Say why. The person reads it.")
    field = "reason"


class SightNeedsSession(Forbidden):
    """The console's session is not one that can be ended from elsewhere."""

    code = "sight_needs_session"
    message = _("Sign in to the console again, then look.")


class SightNotYours(Forbidden):
    code = "sight_not_yours"
    message = _("Only who began it, or an administrator, may end it.")


class SightOver(Forbidden):
    """It ran out or was ended, or who looks has lost the role or the session."""

    code = "sight_over"
    message = _("You no longer see this account: it is over.")


class SightReadOnly(Forbidden):
    """A token by which staff look at an account was used to change something."""

    code = "sight_read_only"
    message = _("Staff only look at an account: nothing can be done in it.")

"""What is refused about background work."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, NotFound, Unavailable


class JobGone(Conflict):
    code = "job_gone"
    message = _("Somebody else has decided about this job already.")


class SweepUnknown(NotFound):
    code = "sweep_unknown"
    message = _("No schedule has this name.")


class SweepAlreadyAsked(Conflict):
    code = "sweep_already_asked"
    message = _("It was asked for a moment ago; it starts as soon as a worker is free.")


class QueueAway(Unavailable):
    code = "queue_away"
    message = _("The queue does not answer. Nothing was started; please try again in a minute.")

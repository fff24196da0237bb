"""What reports refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


class ReportUnknown(NotFound):
    code = "report_unknown"
    message = _("There is no such report.")


class RunNotFound(NotFound):
    code = "report_run_not_found"
    message = _("This report was not ordered, or not by you.")


class ReportForbidden(Forbidden):
    code = "report_forbidden"
    message = _("This report shows more than you may see.")


class ParameterInvalid(Invalid):
    code = "report_parameter_invalid"
    message = _("%(label)s: %(problem)s")


class FormatUnknown(Invalid):
    code = "report_format_unknown"
    message = _("This report comes as %(known)s.")
    field = "format"


class ReportNotReady(Conflict):
    code = "report_not_ready"
    message = _("There is no file to download: the report is %(status)s.")


class ReportTooLong(Invalid):
    code = "report_too_long"
    message = _("The report has more than %(rows)s rows. Choose a shorter period, or CSV.")


class TooManyRuns(TooMany):
    code = "report_too_many"
    message = _("Please wait until one of your %(runs)s reports is ready.")


class PreviewTooLong(Invalid):
    code = "report_preview_too_long"
    message = _("A preview of this takes too long. Choose a shorter period, or order the report.")

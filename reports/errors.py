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


class ExportForbidden(Forbidden):
    code = "export_forbidden"
    message = _("You may not take lists away.")


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


class PaperTooLong(Invalid):
    code = "report_paper_too_long"
    message = _("A PDF holds at most %(rows)s rows. Choose a shorter period, or Excel (XLSX).")
    field = "format"


class TooManyRuns(TooMany):
    code = "report_too_many"
    message = _("Please wait until one of your %(runs)s reports is ready.")


class PreviewTooLong(Invalid):
    code = "report_preview_too_long"
    message = _("A preview of this takes too long. Choose a shorter period, or order the report.")


class ScheduleNotFound(NotFound):
    code = "report_schedule_not_found"
    message = _("There is no such schedule.")


class PeriodFixed(Invalid):
    code = "report_schedule_period_fixed"
    message = _("A schedule needs a period by name, such as last month: fixed days never change.")
    field = "period"


class RecipientUnfit(Invalid):
    code = "report_recipient_unfit"
    message = _("%(email)s is nobody of staff who may see this report.")
    field = "recipients"


class RecipientsMissing(Invalid):
    code = "report_recipients_missing"
    message = _("Name at least one recipient by e-mail address, and at most %(most)s.")
    field = "recipients"


class BeatInvalid(Invalid):
    code = "report_schedule_beat_invalid"
    message = _("There is no such day or hour.")
    field = "day"


class LinkInvalid(NotFound):
    code = "report_link_invalid"
    message = _("This link is over, or it is somebody else's. Open the report in the console.")

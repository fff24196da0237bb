"""The table of reports: every report that can be ordered, by its code."""

from reports import ledger_journal, reconciliation, sales, seller_balances, trial_balance
from reports.base import Report
from reports.errors import ReportUnknown

REPORTS: dict[str, Report] = {
    report.code: report
    for report in (
        reconciliation.REPORT,
        sales.REPORT,
        seller_balances.REPORT,
        ledger_journal.REPORT,
        trial_balance.REPORT,
    )
}


def get_report(code: str) -> Report:
    """Raises ReportUnknown."""
    report = REPORTS.get(code)
    if report is None:
        raise ReportUnknown
    return report

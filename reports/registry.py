"""The table of reports: every report of the catalogue, by its code. Long lists are ordered where they stand."""

from reports import (
    audit_extract,
    cash_bridge,
    commission,
    exception_ageing,
    general_ledger,
    ledger_journal,
    lists,
    payouts,
    reconciliation,
    refunds,
    sales,
    seller_balances,
    seller_statement,
    settlement,
    trial_balance,
)
from reports.base import Report
from reports.errors import ReportUnknown

REPORTS: dict[str, Report] = {
    report.code: report
    for report in (
        reconciliation.REPORT,
        settlement.REPORT,
        exception_ageing.REPORT,
        cash_bridge.REPORT,
        commission.REPORT,
        trial_balance.REPORT,
        general_ledger.REPORT,
        ledger_journal.REPORT,
        sales.REPORT,
        refunds.REPORT,
        payouts.REPORT,
        seller_balances.REPORT,
        seller_statement.REPORT,
        audit_extract.REPORT,
    )
}


def get_report(code: str) -> Report:
    """Raises ReportUnknown."""
    report = lists.REPORT if code == lists.CODE else REPORTS.get(code)
    if report is None:
        raise ReportUnknown
    return report

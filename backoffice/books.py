"""The accounts of the books by their names; what their entries say stands in `reports/memos.py`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.pages.display import provider_name, two_lines
from marketplace.ledger import chart

ACCOUNTS = {
    chart.COMMISSION_REVENUE: _("Commission earned"),
    chart.VAT_PAYABLE: _("VAT to be paid"),
    chart.PROVIDER_FEES: _("Fees of providers"),
    chart.REFUNDS_CLEARING: _("Refunds on their way"),
    chart.PAYOUT_CLEARING: _("Payouts on their way"),
    chart.GOODWILL: _("Goodwill"),
    chart.BANK: _("Bank"),
    chart.SUSPENSE: _("Suspense"),
    chart.WRITE_OFFS: _("Written off"),
    chart.CHARGEBACKS: _("Taken back by providers"),
    chart.CHARGEBACK_LOSSES: _("Losses from what was taken back"),
}
# One account for each owner: a provider, or a seller by reference; `*` stands for all of them.
FAMILIES = {
    "provider_clearing": (_("Wallet at %(owner)s"), _("Wallets")),
    "seller_pending": (_("Pending for %(owner)s"), _("Pending for sellers")),
    "seller_available": (_("Available to %(owner)s"), _("Available to sellers")),
    "seller_on_hold": (_("On hold for %(owner)s"), _("On hold for sellers")),
}


def account_name(code: str) -> str:
    """`provider_clearing:mpesa` → "Wallet at M-Pesa"; a code outside the chart as it is."""
    family, _colon, owner = code.partition(":")
    if family not in FAMILIES:
        return str(ACCOUNTS.get(code, code))
    of_one, of_all = FAMILIES[family]
    return str(of_all) if owner == "*" else str(of_one) % {"owner": provider_name(owner)}


def account_words(code: str) -> Any:
    """The name, with the code under it, by which accounts are searched for."""
    return two_lines(account_name(code), code)

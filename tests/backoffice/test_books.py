"""Accounts of the books are called by names, in lists, on pages and where money is about to move."""

from backoffice.books import account_name
from marketplace.ledger import chart


def test_every_account_of_the_chart_has_a_name():
    per_owner = {"provider_clearing", "seller_pending", "seller_available", "seller_on_hold"}
    codes = [f"{code}:X1" if code in per_owner else code for code in chart.KINDS]

    assert [code for code in codes if account_name(code) == code] == []
    assert account_name(chart.provider_clearing("mpesa")) == "Wallet at M-Pesa"
    assert account_name("seller_pending:*") == "Pending for sellers"

"""The M-Pesa organisation portal: its detailed and its short layout are one (PROVIDERS 5.1)."""

import re

from marketplace.payments.adapters.statements.template import Column, Template, kind_rules
from marketplace.payments.ports import StatementKind

PORTAL = Template(
    provider="mpesa",
    version="organisation portal",
    columns={
        Column.RECEIPT: ("receipt no",),
        Column.COMPLETED_AT: ("completion time",),
        Column.DETAILS: ("details",),
        Column.STATUS: ("transaction status",),
        Column.PAID_IN: ("paid in",),
        Column.WITHDRAWN: ("withdrawn",),
        Column.BALANCE: ("balance",),
        Column.KIND: ("reason type",),
        Column.PARTY: ("other party info",),
        Column.LINKED: ("linked transaction id",),
        Column.ACCOUNT: ("a/c no",),
        Column.CURRENCY: ("currency",),
    },
    required=(
        Column.RECEIPT,
        Column.COMPLETED_AT,
        Column.DETAILS,
        Column.STATUS,
        Column.PAID_IN,
        Column.WITHDRAWN,
    ),
    kinds=kind_rules(
        (r"\b(charges?|fees?|levy|tariff)\b", None, StatementKind.FEE),
        (r"\b(reversals?|reversed|refunds?)\b", -1, StatementKind.REFUND),
        (r"\b(reversals?|reversed|refunds?)\b", +1, StatementKind.RETURN),
        (
            r"settlement account|funds to bank|\bsweep\b|withdrawal of funds",
            -1,
            StatementKind.SWEEP,
        ),
        (
            r"settlement account|funds from bank|\bdeposit of funds\b|\bfloat\b|\btop.?up\b",
            +1,
            StatementKind.TOP_UP,
        ),
        (
            r"\b(business|salary|promotion) payment\b|\bb2c\b|\bpayout\b|disburse",
            -1,
            StatementKind.PAYOUT,
        ),
        (
            r"\bpay (utility|bill)\b|\bstanding order\b|\bc2b\b|merchant payment",
            +1,
            StatementKind.PAYMENT,
        ),
    ),
    # "Pay Utility from 25576****321 - ASHA M. Acc. MKT10023"
    party_in_details=re.compile(r"\s(?:from|to|by)\s+(?=[+\d])|\s+-\s+|\s+Acc\.", re.IGNORECASE),
    account_in_details=re.compile(r"\bAcc\b\.?\s*([0-9A-Za-z_+]+)", re.IGNORECASE),
    title=re.compile(r"statements? for\s+([0-9A-Za-z]{4,12})\b", re.IGNORECASE),
)

TEMPLATES = (PORTAL,)

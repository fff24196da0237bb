"""Statements of Airtel Money. No sample of a Tanzanian merchant's is known (PROVIDERS 5.2): the first layout
has the words of its interface, the second is that of neighbouring countries' "USER STATEMENT"."""

from marketplace.payments.adapters.statements.template import Column, Template, kind_rules
from marketplace.payments.ports import StatementKind

KINDS = kind_rules(
    (r"\b(charges?|fees?|levy|commission)\b", None, StatementKind.FEE),
    (r"\b(reversal|reversed|refund|rollback)\b", -1, StatementKind.REFUND),
    (r"\b(reversal|reversed|refund|rollback)\b", +1, StatementKind.RETURN),
    (r"\bbank\b|\bsweep\b|\bsettlement\b|\bliquidation\b", -1, StatementKind.SWEEP),
    (r"\bbank\b|\btop.?up\b|\bfloat\b|\bdeposit\b", +1, StatementKind.TOP_UP),
    (r"\bdisbursement\b|\bb2c\b|\bpayout\b|\bcash ?in\b", -1, StatementKind.PAYOUT),
    (r"\bmerchant payment\b|\bcollection\b|\bussd push\b|\bc2b\b", +1, StatementKind.PAYMENT),
)
COUNTED = frozenset({"success", "successful", "ts", "completed", "transaction success"})
SKIPPED = frozenset(
    {"failed", "rollbacked", "tf", "te", "tip", "ta", "pending", "expired", "in progress", "ambiguous"}
)  # fmt: skip

MERCHANT = Template(
    provider="airtel",
    version="merchant statement, assumed",
    columns={
        Column.RECEIPT: ("airtel money id", "transaction id", "transation id"),
        Column.COMPLETED_AT: ("transaction date", "date"),
        Column.KIND: ("transaction type", "service type"),
        Column.STATUS: ("status", "transaction status"),
        Column.ACCOUNT: ("reference number", "reference", "external id"),
        Column.PAYER: ("from", "payer"),
        Column.PAYEE: ("to", "payee"),
        Column.AMOUNT: ("amount", "transaction amount"),
        Column.FEE: ("fee", "service charge", "charges"),
        Column.BALANCE: ("balance",),
        Column.LINKED: ("original transaction id",),
        Column.DETAILS: ("description",),
        Column.CURRENCY: ("currency",),
    },
    required=(Column.RECEIPT, Column.COMPLETED_AT, Column.KIND, Column.ACCOUNT, Column.AMOUNT),
    kinds=KINDS,
    counted=COUNTED,
    skipped=SKIPPED,
    account_labels=("merchant number", "short code"),
)

USER = Template(
    provider="airtel",
    version="user statement (as in Uganda)",
    columns={
        Column.RECEIPT: ("transation id", "transaction id"),
        Column.COMPLETED_AT: ("date", "transaction date"),
        Column.KIND: ("transaction type",),
        Column.STATUS: ("status",),
        Column.PAYER: ("from",),
        Column.PAYEE: ("to",),
        Column.AMOUNT: ("amount", "transaction amount"),
        Column.DIRECTION: ("credit/debit",),
        Column.FEE: ("fee",),
        Column.BALANCE: ("balance",),
        Column.DETAILS: ("description",),
    },
    required=(Column.RECEIPT, Column.COMPLETED_AT, Column.AMOUNT, Column.FEE, Column.STATUS),
    kinds=KINDS,
    counted=COUNTED,
    skipped=SKIPPED,
    account_labels=("mobile number", "number"),
)

TEMPLATES = (MERCHANT, USER)

"""The biller statement of Mixx by Yas. No sample is known (PROVIDERS 5.3): the labels are those of its
interface where it has a word for a thing, and of the M-Pesa portal otherwise. When the provider's own
layout is in hand, it becomes a second template beside this one."""

from marketplace.payments.adapters.statements.template import Column, Template, kind_rules
from marketplace.payments.ports import StatementKind

BILLER = Template(
    provider="mixx",
    version="biller statement, assumed",
    columns={
        Column.RECEIPT: ("mfstransactionid", "mfs transaction id", "transaction id"),
        Column.COMPLETED_AT: ("transaction date", "date"),
        Column.KIND: ("transaction type", "type"),
        Column.STATUS: ("status", "transaction status"),
        Column.ACCOUNT: ("referenceid", "reference id", "reference"),
        Column.PARTY: ("msisdn", "customer msisdn"),
        Column.AMOUNT: ("amount",),
        Column.DIRECTION: ("dr/cr", "debit/credit"),
        Column.FEE: ("fee", "charges"),
        Column.BALANCE: ("balance after", "balance"),
        Column.LINKED: ("original transaction id", "purchase mfstransactionid"),
        Column.DETAILS: ("description", "remarks"),
        Column.CURRENCY: ("currency",),
    },
    required=(Column.RECEIPT, Column.COMPLETED_AT, Column.KIND, Column.ACCOUNT, Column.AMOUNT),
    kinds=kind_rules(
        (r"\b(charges?|fees?|levy)\b", None, StatementKind.FEE),
        (r"\b(reversal|reversed|refund)\b", -1, StatementKind.REFUND),
        (r"\b(reversal|reversed|refund)\b", +1, StatementKind.RETURN),
        (r"\bbank\b|\bsweep\b|\bsettlement\b", -1, StatementKind.SWEEP),
        (r"\bbank\b|\btop.?up\b|\bfloat\b|\bdeposit\b", +1, StatementKind.TOP_UP),
        (r"\bcash ?in\b|\bdisbursement\b|\bpayout\b|account to wallet", -1, StatementKind.PAYOUT),
        (r"\bbill ?pay(ment)?\b|\bpush\b|wallet to account", +1, StatementKind.PAYMENT),
    ),
    counted=frozenset({"success", "successful", "completed"}),
    account_labels=("biller msisdn", "biller code"),
)

TEMPLATES = (BILLER,)

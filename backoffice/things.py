"""The things that people and events speak of: which model a reference or an aggregate names, and its page."""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from backoffice.pages.search import by_reference

FOUND_MAX = 10
# What a reference begins with → the model that has it.
REFERENCES = {
    "ORD": "orders.order",
    "SO": "orders.sellerorder",
    "USR": "accounts.user",
    "RLR": "accounts.rolerequest",
    "APP": "sellers.application",
    "DOC": "sellers.kycdocument",
    "SEL": "sellers.seller",
    "STR": "sellers.standingrequest",
    "RCH": "rules.rulerequest",
    "CAT": "catalog.category",
    "BRD": "catalog.brand",
    "PRD": "catalog.product",
    "LST": "listings.listing",
    "IMP": "listings.importbatch",
    "PAY": "payments.intent",
    "ATT": "payments.attempt",
    "REF": "payments.refund",
    "ISS": "payments.paymentissue",
    "PB": "payouts.payoutbatch",
    "PO": "payouts.payout",
    "PRF": "payouts.resultfile",
    "TOP": "payouts.topup",
    "PTC": "payouts.termsrequest",
    "STM": "reconciliation.statement",
    "EXC": "reconciliation.reconciliationexception",
    "SUG": "reconciliation.suggestion",
    "DSP": "disputes.dispute",
    "RVW": "reviews.review",
    "MSG": "notifications.message",
    "FEE": "fees.commissionrule",
    "RPT": "reports.reportrun",
    "RSC": "reports.reportschedule",
    "SGT": "privacy.sight",
    "BLK": "casework.bulkrun",
}
REFERENCE_LENGTH_MIN = 4

# What an event is about → the model that has its page. Two contexts call something a batch or a message.
AGGREGATES = {
    ("accounts", "user"): "accounts.user",
    ("accounts", "role_request"): "accounts.rolerequest",
    ("rules", "rule"): "rules.rulesetting",
    ("rules", "rule_request"): "rules.rulerequest",
    ("privacy", "user"): "accounts.user",
    ("privacy", "seller"): "sellers.seller",
    ("privacy", "sight"): "privacy.sight",
    ("sellers", "application"): "sellers.application",
    ("sellers", "seller"): "sellers.seller",
    ("sellers", "standing_request"): "sellers.standingrequest",
    ("casework", "macro"): "casework.macro",
    ("catalog", "category"): "catalog.category",
    ("catalog", "product"): "catalog.product",
    ("listings", "listing"): "listings.listing",
    ("listings", "batch"): "listings.importbatch",
    ("orders", "order"): "orders.order",
    ("orders", "seller_order"): "orders.sellerorder",
    ("payments", "intent"): "payments.intent",
    ("payments", "attempt"): "payments.attempt",
    ("payments", "refund"): "payments.refund",
    ("payments", "issue"): "payments.paymentissue",
    ("payments", "provider"): "payments.providerswitch",
    ("payments", "message"): "payments.inboxmessage",
    ("payouts", "earning"): "payouts.earning",
    ("payouts", "batch"): "payouts.payoutbatch",
    ("payouts", "payout"): "payouts.payout",
    ("payouts", "seller"): "sellers.seller",
    ("payouts", "pause"): "payouts.payoutpause",
    ("payouts", "tier"): "payouts.reserverule",
    ("payouts", "terms_request"): "payouts.termsrequest",
    ("payouts", "top_up"): "payouts.topup",
    ("payouts", "result_file"): "payouts.resultfile",
    ("reconciliation", "statement"): "reconciliation.statement",
    ("reconciliation", "exception"): "reconciliation.reconciliationexception",
    ("reconciliation", "suggestion"): "reconciliation.suggestion",
    ("billing", "document"): "billing.document",
    ("closing", "period"): "closing.period",
    ("shared", "delivery"): "shared.delivery",
    ("casework", "bulk"): "casework.bulkrun",
    ("tasks", "job"): "django_q.task",
    ("tasks", "sweep"): "shared.heartbeat",
    ("analytics", "forward_batch"): "analytics.forwardbatch",
    ("disputes", "dispute"): "disputes.dispute",
    ("reviews", "review"): "reviews.review",
    ("fees", "rule"): "fees.commissionrule",
    ("fees", "rate"): "fees.vatrate",
    ("notifications", "template"): "notifications.messagetemplate",
    ("notifications", "message"): "notifications.message",
    ("reports", "run"): "reports.reportrun",
    ("reports", "schedule"): "reports.reportschedule",
}


def model_of_subject(event_name: str, aggregate: str) -> type[Model] | None:
    """What an event is about, as a model; None where that has no page."""
    label = AGGREGATES.get((event_name.partition(".")[0], aggregate))
    return apps.get_model(label) if label else None


def name_of_subject(event_name: str, aggregate: str) -> str:
    """What people call what an event is about: `seller_order` → "seller order", "agizo la muuzaji"."""
    model = model_of_subject(event_name, aggregate)
    return str(model._meta.verbose_name) if model else aggregate.replace("_", " ")


def page_of_subject(request: HttpRequest, event_name: str, aggregate: str, pk: str) -> str:
    """The address of the thing an event is about; empty where it has none that this person may open."""
    subject = model_of_subject(event_name, aggregate)
    if subject is None:
        return ""
    app, model = subject._meta.app_label, subject._meta.model_name
    if not request.user.has_perm(f"{app}.view_{model}"):
        return ""
    return reverse(f"admin:{app}_{model}_change", args=[pk])


def find(request: HttpRequest, reference: str, *, limit: int = FOUND_MAX) -> list[Any]:
    """Things whose reference begins so, among those that this person may see; one query."""
    wanted = reference.strip().upper()
    label = REFERENCES.get(wanted.partition("-")[0])
    if label is None or len(wanted) < REFERENCE_LENGTH_MIN:
        return []
    app, model_name = label.split(".")
    if not request.user.has_perm(f"{app}.view_{model_name}"):
        return []
    model = apps.get_model(app, model_name)
    return list(model._default_manager.filter(by_reference("reference", wanted))[:limit])

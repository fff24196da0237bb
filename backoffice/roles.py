"""The table of roles: what each sees and what each may do. The only place that names roles.

`sees` are models whose lists and pages open; `may` are the duties of `backoffice.models.Duty`.
`sync_roles` makes Django's groups equal to this table.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

APPLICATIONS = (
    "sellers.application",
    "sellers.kycdocument",
    "backoffice.applicationqueue",
    "backoffice.papersqueue",
)
SELLERS = ("sellers.seller",)
STANDINGS = ("sellers.standingrequest", "backoffice.standingqueue")
CATALOGUE = ("catalog.category", "catalog.brand", "catalog.product")
LISTINGS = ("listings.listing", "listings.importbatch", "backoffice.moderationqueue")
REVIEWS = ("reviews.review", "backoffice.reviewqueue")
ORDERS = ("orders.order", "orders.sellerorder")
FULFILMENT = ("backoffice.shipmentqueue",)
DISPUTES = ("disputes.dispute", "backoffice.disputequeue")
PAYMENTS = (
    "payments.intent",
    "payments.attempt",
    "payments.refund",
    "payments.inboxmessage",
    "payments.providerswitch",
    "payments.paymentissue",
    "backoffice.issuequeue",
)
REFUND_QUEUES = ("backoffice.refundqueue", "backoffice.failedrefund")
PAYOUTS = (
    "payouts.payoutbatch",
    "payouts.payout",
    "payouts.earning",
    "payouts.walletcheck",
    "payouts.resultfile",
    "payouts.reserverule",
    "payouts.payoutpause",
    "payouts.topup",
    "payouts.termsrequest",
    "backoffice.batchqueue",
    "backoffice.termsqueue",
)
RECONCILIATION = (
    "reconciliation.statement",
    "reconciliation.statementline",
    "reconciliation.reconciliationexception",
    "reconciliation.suggestion",
    "backoffice.exceptionqueue",
    "backoffice.suggestionqueue",
)
CLOSING = ("closing.period",)
BILLING = (
    "billing.document",
    "billing.commissionline",
    "billing.fiscalreceipt",
    "billing.fiscalreport",
)
LEDGER = ("ledger.account", "ledger.entry")
FEES = ("fees.commissionrule", "fees.vatrate", "orders.shippingrate")
MESSAGES = ("notifications.message", "notifications.messagetemplate", "casework.macro")
REPORTS = ("reports.reportrun", "reports.reportschedule")
PEOPLE = ("accounts.user",)
SIGHTS = ("privacy.sight",)
ROLE_REQUESTS = ("accounts.rolerequest", "backoffice.rolequeue")
RULES = ("rules.rulesetting",)
RULE_REQUESTS = ("rules.rulerequest", "backoffice.rulequeue")
BULK = ("casework.bulkrun",)
SYSTEM = (
    "shared.loggedevent",
    "shared.delivery",
    "shared.heartbeat",
    "backoffice.deadletter",
    "backoffice.failedjob",
    "django_q.task",
    "analytics.forwardbatch",
)


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    label: object
    sees: tuple[str, ...]
    may: tuple[str, ...]

    @property
    def permissions(self) -> set[str]:
        """As Django names them: `orders.view_order`, `backoffice.resolve_disputes`."""
        views = {"{}.view_{}".format(*label.split(".")) for label in self.sees}
        return views | {f"backoffice.{duty}" for duty in self.may}


ROLES = (
    Role(
        "operations_agent",
        _("Operations agent"),
        (
            *APPLICATIONS,
            *SELLERS,
            *CATALOGUE,
            *LISTINGS,
            *REVIEWS,
            *ORDERS,
            *FULFILMENT,
            *DISPUTES,
            "payments.intent",
            "payments.attempt",
            "payments.refund",
            "notifications.message",
        ),
        (
            "decide_applications",
            "moderate_listings",
            "moderate_reviews",
            "fulfil_orders",
            "help_buyers",
            "handle_disputes",
            "reveal_personal_data",
        ),
    ),
    Role(
        "operations_lead",
        _("Operations lead"),
        (
            *APPLICATIONS,
            *SELLERS,
            *STANDINGS,
            *CATALOGUE,
            *LISTINGS,
            *REVIEWS,
            *ORDERS,
            *FULFILMENT,
            *DISPUTES,
            *MESSAGES,
            *REPORTS,
            *PEOPLE,
            *SIGHTS,
            *RULES,
            *BULK,
            *SYSTEM,
            "payments.intent",
            "payments.attempt",
            "payments.refund",
        ),
        (
            "decide_applications",
            "suspend_sellers",
            "edit_catalog",
            "moderate_listings",
            "moderate_reviews",
            "cancel_orders",
            "fulfil_orders",
            "help_buyers",
            "request_refunds",
            "handle_disputes",
            "resolve_disputes",
            "order_reports",
            "export_lists",
            "decide_in_bulk",
            "edit_templates",
            "handle_deliveries",
            "run_jobs",
            "set_queue_times",
            "reveal_personal_data",
            "see_as_others",
            "see_system",
            "see_sales",
        ),
    ),
    Role(
        "finance",
        _("Finance"),
        (
            *PAYMENTS,
            *REFUND_QUEUES,
            *PAYOUTS,
            *RECONCILIATION,
            *CLOSING,
            *BILLING,
            *BULK,
            *LEDGER,
            *FEES,
            *REPORTS,
            *SELLERS,
            *ORDERS,
        ),
        (
            "request_refunds",
            "approve_refunds",
            "retry_refunds",
            "control_providers",
            "settle_payments",
            "prepare_payouts",
            "approve_payouts",
            "hold_earnings",
            "issue_invoices",
            "upload_statements",
            "resolve_exceptions",
            "close_periods",
            "request_reopening",
            "approve_reopening",
            "order_reports",
            "export_lists",
            "decide_in_bulk",
            "set_rates",
            "reveal_personal_data",
            "see_sales",
        ),
    ),
    Role(
        "catalogue_moderator",
        _("Catalogue moderator"),
        (*CATALOGUE, *LISTINGS, *REVIEWS, *BULK, "reports.reportrun"),
        (
            "edit_catalog",
            "moderate_listings",
            "moderate_reviews",
            "order_reports",
            "export_lists",
            "decide_in_bulk",
        ),
    ),
    Role(
        "support",
        _("Support"),
        (
            *ORDERS,
            "disputes.dispute",
            "reviews.review",
            "payments.intent",
            "payments.refund",
            "notifications.message",
            *PEOPLE,
        ),
        ("help_buyers", "reveal_personal_data"),
    ),
    Role(
        "administrator",
        _("Administrator"),
        (
            *APPLICATIONS,
            *SELLERS,
            *STANDINGS,
            *CATALOGUE,
            *LISTINGS,
            *REVIEWS,
            *ORDERS,
            *FULFILMENT,
            *DISPUTES,
            *PAYMENTS,
            *REFUND_QUEUES,
            *PAYOUTS,
            *RECONCILIATION,
            *CLOSING,
            *BILLING,
            *LEDGER,
            *FEES,
            *MESSAGES,
            *REPORTS,
            *PEOPLE,
            *SIGHTS,
            *ROLE_REQUESTS,
            *RULES,
            *RULE_REQUESTS,
            *BULK,
            *SYSTEM,
        ),
        (
            "decide_applications",
            "suspend_sellers",
            "edit_catalog",
            "moderate_listings",
            "moderate_reviews",
            "cancel_orders",
            "fulfil_orders",
            "help_buyers",
            "request_refunds",
            "approve_refunds",
            "retry_refunds",
            "control_providers",
            "settle_payments",
            "prepare_payouts",
            "approve_payouts",
            "hold_earnings",
            "issue_invoices",
            "upload_statements",
            "resolve_exceptions",
            "close_periods",
            "request_reopening",
            "approve_reopening",
            "handle_disputes",
            "resolve_disputes",
            "order_reports",
            "export_lists",
            "decide_in_bulk",
            "set_rates",
            "edit_templates",
            "handle_deliveries",
            "run_jobs",
            "set_queue_times",
            "set_roles",
            "set_rules",
            "reveal_personal_data",
            "see_as_others",
            "see_system",
            "see_sales",
        ),
    ),
)
BY_NAME = {role.name: role for role in ROLES}


def who_may(duty: str) -> str:
    """The roles with a duty, as people call them. Administrators may nearly everything: they are named
    only where nobody else has it."""
    named = [role for role in ROLES if duty in role.may]
    others = [role for role in named if role.name != "administrator"]
    return ", ".join(str(role.label) for role in others or named)


class UnknownPermissions(LookupError):
    """The table names permissions that the database does not have: a model or duty was renamed."""


@transaction.atomic
def sync_roles() -> None:
    """Make the groups and their permissions equal to the table. Safe to run again."""
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role in ROLES:
        if missing := role.permissions - known.keys():
            raise UnknownPermissions(f"{role.name}: {sorted(missing)}")
        group, _created = Group.objects.get_or_create(name=role.name)
        group.permissions.set([known[permission] for permission in role.permissions])

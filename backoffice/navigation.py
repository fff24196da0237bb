"""The sidebar: only what this person may open, with the work that waits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the sidebar. `model` is `app.model` of a list, or `page` the name of a page."""

    title: Any
    icon: str
    model: str = ""
    page: str = ""
    permission: str = ""
    queue: str = ""
    variant: str = "primary"

    @property
    def needs(self) -> str:
        """The permission to open it; empty for what every member of staff may open."""
        if self.permission or not self.model:
            return self.permission
        app, model = self.model.split(".")
        return f"{app}.view_{model}"

    @property
    def address(self) -> str:
        if self.page:
            return reverse(f"admin:{self.page}")
        return reverse(f"admin:{self.model.replace('.', '_')}_changelist")


NAVIGATION: list[tuple[Any, list[Entry]]] = [
    (
        "",
        [
            Entry(_("Dashboard"), "dashboard", page="index"),
            Entry(_("My work"), "person_check", page="my_work"),
        ],
    ),
    (
        _("Work queues"),
        [
            Entry(
                _("Applications to review"),
                "how_to_reg",
                "backoffice.applicationqueue",
                queue="applications",
            ),
            Entry(
                _("Listings to moderate"),
                "fact_check",
                "backoffice.moderationqueue",
                queue="listings",
            ),
            Entry(_("Reviews to decide"), "reviews", "backoffice.reviewqueue", queue="reviews"),
            Entry(_("Open disputes"), "gavel", "backoffice.disputequeue", queue="disputes"),
            Entry(_("Open exceptions"), "rule", "backoffice.exceptionqueue", queue="exceptions"),
            Entry(
                _("Matches to judge"),
                "join_inner",
                "backoffice.suggestionqueue",
                queue="suggestions",
            ),
            Entry(_("Refunds to approve"), "undo", "backoffice.refundqueue", queue="refunds"),
            Entry(
                _("Refunds in trouble"),
                "running_with_errors",
                "backoffice.failedrefund",
                queue="failed_refunds",
                variant="danger",
            ),
            Entry(_("Payouts to approve"), "verified", "backoffice.batchqueue", queue="batches"),
            Entry(
                _("Payments to settle"),
                "payment_arrow_down",
                "backoffice.issuequeue",
                queue="payment_issues",
            ),
            Entry(
                _("Shipments to chase"),
                "local_shipping",
                "backoffice.shipmentqueue",
                queue="shipments",
            ),
            Entry(_("Expiring papers"), "event_busy", "backoffice.papersqueue", queue="papers"),
            Entry(
                _("Suspensions to decide"),
                "storefront",
                "backoffice.standingqueue",
                queue="standings",
            ),
            Entry(
                _("Role requests to decide"),
                "shield_person",
                "backoffice.rolequeue",
                queue="role_requests",
            ),
            Entry(
                _("Rule changes to decide"),
                "rule_settings",
                "backoffice.rulequeue",
                queue="rule_requests",
            ),
            Entry(
                _("Payout terms to decide"),
                "event_repeat",
                "backoffice.termsqueue",
                queue="terms_requests",
            ),
            Entry(
                _("Dead letters"),
                "mark_email_unread",
                "backoffice.deadletter",
                queue="dead_letters",
                variant="danger",
            ),
            Entry(
                _("Failed jobs"),
                "assignment_late",
                "backoffice.failedjob",
                queue="failed_jobs",
                variant="danger",
            ),
        ],
    ),
    (
        _("Selling"),
        [
            Entry(_("Sellers"), "storefront", "sellers.seller"),
            Entry(_("All requests about sellers"), "front_hand", "sellers.standingrequest"),
            Entry(_("All applications"), "assignment_ind", "sellers.application"),
            Entry(_("Products"), "inventory_2", "catalog.product"),
            Entry(_("Categories"), "account_tree", "catalog.category"),
            Entry(_("Brands"), "sell", "catalog.brand"),
            Entry(_("Listings"), "shopping_bag", "listings.listing"),
            Entry(_("All reviews"), "rate_review", "reviews.review"),
            Entry(_("Imports"), "upload_file", "listings.importbatch"),
        ],
    ),
    (
        _("Orders"),
        [
            Entry(_("Orders"), "shopping_cart", "orders.order"),
            Entry(_("Seller orders"), "local_shipping", "orders.sellerorder"),
            Entry(_("All disputes"), "balance", "disputes.dispute"),
        ],
    ),
    (
        _("Payments"),
        [
            Entry(_("Payments"), "payments", "payments.intent"),
            Entry(_("Attempts"), "phone_iphone", "payments.attempt"),
            Entry(_("Refunds"), "undo", "payments.refund"),
            Entry(_("All payment issues"), "report", "payments.paymentissue"),
            Entry(_("Provider inbox"), "inbox", "payments.inboxmessage"),
            Entry(
                _("Providers"),
                "cell_tower",
                page="providers",
                permission="payments.view_providerswitch",
            ),
        ],
    ),
    (
        _("Payouts"),
        [
            Entry(
                _("Payout desk"),
                "point_of_sale",
                page="payout_desk",
                permission="payouts.view_payout",
                queue="payout_pauses",
                variant="danger",
            ),
            Entry(
                _("Seller balances"),
                "account_balance_wallet",
                page="balances",
                permission="payouts.view_payout",
            ),
            Entry(_("Earnings"), "savings", "payouts.earning"),
            Entry(_("Payout batches"), "batch_prediction", "payouts.payoutbatch"),
            Entry(_("Payouts"), "send_money", "payouts.payout"),
            Entry(
                _("Wallet checks"), "person_search", "payouts.walletcheck", queue="wallet_checks"
            ),
            Entry(_("Payout results"), "task", "payouts.resultfile"),
            Entry(_("Pauses of payouts"), "pause_circle", "payouts.payoutpause"),
            Entry(_("Top-ups of wallets"), "add_card", "payouts.topup", queue="top_ups"),
            Entry(_("Reserve rules"), "shield", "payouts.reserverule"),
            Entry(_("All changes of terms"), "published_with_changes", "payouts.termsrequest"),
        ],
    ),
    (
        _("Reconciliation"),
        [
            Entry(_("Months"), "event_available", "closing.period", queue="months"),
            Entry(_("Statements"), "receipt_long", "reconciliation.statement"),
            Entry(
                _("Daily proof"),
                "fact_check",
                page="daily_proof",
                permission="reconciliation.view_statement",
            ),
            Entry(
                _("Three-way check"),
                "compare_arrows",
                page="three_way",
                permission="reconciliation.view_statement",
            ),
            Entry(_("Statement lines"), "list_alt", "reconciliation.statementline"),
            Entry(_("All exceptions"), "error", "reconciliation.reconciliationexception"),
            Entry(_("All suggested matches"), "join", "reconciliation.suggestion"),
        ],
    ),
    (
        _("Invoices and fees"),
        [
            Entry(_("Invoices"), "request_page", "billing.document"),
            Entry(_("Commission lines"), "percent", "billing.commissionline"),
            Entry(_("Fiscal receipts"), "qr_code_2", "billing.fiscalreceipt"),
            Entry(_("Daily fiscal reports"), "today", "billing.fiscalreport"),
            Entry(_("Commission rules"), "percent", "fees.commissionrule"),
            Entry(_("VAT rates"), "request_quote", "fees.vatrate"),
            Entry(_("Shipping rates"), "local_post_office", "orders.shippingrate"),
        ],
    ),
    (
        _("Ledger"),
        [
            Entry(
                _("Trial balance"),
                "scale",
                page="trial_balance",
                permission="ledger.view_account",
            ),
            Entry(_("Accounts"), "account_balance", "ledger.account"),
            Entry(_("Journal"), "menu_book", "ledger.entry"),
        ],
    ),
    (
        _("Insight"),
        [
            Entry(
                _("Analytics"), "monitoring", page="analytics", permission="backoffice.see_sales"
            ),
            Entry(_("Reports"), "summarize", "reports.reportrun"),
            Entry(_("Report schedules"), "schedule_send", "reports.reportschedule"),
            Entry(_("Event log"), "history", "shared.loggedevent"),
            Entry(_("Mailbox"), "mail", "notifications.message"),
        ],
    ),
    (
        _("System"),
        [
            Entry(
                _("System health"),
                "monitor_heart",
                page="system",
                permission="backoffice.see_system",
            ),
            Entry(
                _("Background jobs"),
                "manufacturing",
                page="jobs",
                permission="backoffice.see_system",
            ),
            Entry(_("Schedules"), "schedule", "shared.heartbeat"),
            Entry(_("Bulk decisions"), "checklist", "casework.bulkrun"),
            Entry(
                _("Times of queues"),
                "timer",
                page="queue_times",
                permission="backoffice.set_queue_times",
            ),
            Entry(_("Rules"), "tune", "rules.rulesetting"),
            Entry(_("All rule changes"), "published_with_changes", "rules.rulerequest"),
            Entry(_("Deliveries"), "local_post_office", "shared.delivery"),
            Entry(_("Analytics forwarding"), "outbound", "analytics.forwardbatch"),
            Entry(_("Message templates"), "edit_note", "notifications.messagetemplate"),
            Entry(_("Prepared answers"), "quickreply", "casework.macro"),
            Entry(_("People"), "group", "accounts.user"),
            Entry(_("Accounts seen by staff"), "visibility", "privacy.sight"),
            Entry(_("Roles"), "table_chart", page="roles", permission="accounts.view_user"),
            Entry(_("All role requests"), "admin_panel_settings", "accounts.rolerequest"),
        ],
    ),
]


def entries() -> Iterator[Entry]:
    for _title, group in NAVIGATION:
        yield from group


def may_open(request: HttpRequest, entry: Entry) -> bool:
    return not entry.needs or request.user.has_perm(entry.needs)

"""No tables: one proxy per work queue, and the carrier of the permissions to act.

A queue is a proxy model, so it has its own permission to see it, its own address and menu entry.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_q.models import Failure

from marketplace.accounts.models import RoleRequest
from marketplace.disputes.models import Dispute
from marketplace.listings.models import Listing
from marketplace.orders.models import SellerOrder
from marketplace.payments.models import PaymentIssue, Refund
from marketplace.payouts.models import PayoutBatch, TermsRequest
from marketplace.reconciliation.models import ReconciliationException, Suggestion
from marketplace.reviews.models import Review
from marketplace.rules.models import RuleRequest
from marketplace.sellers.models import Application, KycDocument, StandingRequest
from marketplace.shared.models import Delivery


class Duty(models.Model):
    """What a role may do, beyond seeing; a row of this model does not exist."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            (
                "decide_applications",
                gettext_noop("Can decide seller applications and read their documents"),
            ),
            ("suspend_sellers", gettext_noop("Can suspend and reactivate sellers")),
            ("edit_catalog", gettext_noop("Can edit categories, brands and products")),
            ("moderate_listings", gettext_noop("Can approve, reject and pause listings")),
            (
                "moderate_reviews",
                gettext_noop("Can publish, reject and take down reviews and replies"),
            ),
            ("cancel_orders", gettext_noop("Can cancel orders")),
            ("fulfil_orders", gettext_noop("Can mark parcels shipped and delivered")),
            (
                "help_buyers",
                gettext_noop("Can change where an order goes, ask its wallet and write again"),
            ),
            ("request_refunds", gettext_noop("Can ask for refunds")),
            (
                "approve_refunds",
                gettext_noop("Can approve and reject refunds that others asked for"),
            ),
            (
                "retry_refunds",
                gettext_noop("Can send failed refunds again, another way or by hand"),
            ),
            ("settle_payments", gettext_noop("Can decide about payments that fit nothing")),
            (
                "control_providers",
                gettext_noop("Can pause providers and set their limits and fees"),
            ),
            ("prepare_payouts", gettext_noop("Can prepare payout batches")),
            (
                "approve_payouts",
                gettext_noop("Can approve and reject payout batches, top-ups and payout terms"),
            ),
            ("hold_earnings", gettext_noop("Can hold and free earnings")),
            ("issue_invoices", gettext_noop("Can bill sellers for the last month")),
            ("upload_statements", gettext_noop("Can upload provider statements")),
            ("resolve_exceptions", gettext_noop("Can resolve reconciliation exceptions")),
            ("close_periods", gettext_noop("Can close months of the books")),
            ("request_reopening", gettext_noop("Can ask to reopen a closed month")),
            (
                "approve_reopening",
                gettext_noop("Can agree to reopen a month that another asked for"),
            ),
            (
                "handle_disputes",
                gettext_noop("Can work on disputes: notes, messages, assignment, evidence"),
            ),
            ("resolve_disputes", gettext_noop("Can resolve disputes")),
            ("order_reports", gettext_noop("Can order and download reports")),
            ("export_lists", gettext_noop("Can export lists to spreadsheets")),
            ("set_rates", gettext_noop("Can set commission and VAT rates")),
            ("edit_templates", gettext_noop("Can edit message templates")),
            ("handle_deliveries", gettext_noop("Can retry and discard dead letters")),
            (
                "decide_in_bulk",
                gettext_noop("Can decide about many rows at once, in the background"),
            ),
            (
                "run_jobs",
                gettext_noop("Can start schedules, run failed jobs again and give them up"),
            ),
            ("set_queue_times", gettext_noop("Can set how long cases may wait in each queue")),
            ("set_roles", gettext_noop("Can give and take roles")),
            (
                "set_rules",
                gettext_noop("Can set thresholds, deadlines and switches of the marketplace"),
            ),
            (
                "reveal_personal_data",
                gettext_noop("Can reveal phones, addresses and numbers of people, with a reason"),
            ),
            (
                "see_as_others",
                gettext_noop("Can see the account of a buyer or seller as they do, without acting"),
            ),
            ("see_system", gettext_noop("Can see the system page")),
            ("see_sales", gettext_noop("Can see sales figures")),
        ]

    def __str__(self) -> str:
        return "duty"


class ApplicationQueue(Application):
    """Applications that wait for a reviewer, or are with one; oldest first. Emptied by operations."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("application to review")
        verbose_name_plural = _("applications to review")


class ModerationQueue(Listing):
    """Listings that wait for a moderator; oldest first. Emptied by the catalogue moderators."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("listing to moderate")
        verbose_name_plural = _("listings to moderate")


class ReviewQueue(Review):
    """Reviews, reports and replies that wait for a moderator; oldest first. Emptied by the catalogue
    moderators."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("review to decide")
        verbose_name_plural = _("reviews to decide")


class DisputeQueue(Dispute):
    """Open disputes, the one due first on top. Emptied by operations."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("open dispute")
        verbose_name_plural = _("open disputes")


class ExceptionQueue(ReconciliationException):
    """Differences between a statement and our books that nobody explained yet. Emptied by finance."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("open exception")
        verbose_name_plural = _("open exceptions")


class SuggestionQueue(Suggestion):
    """Matches that the engine found and no id proves; the surest first. Emptied by finance."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("match to judge")
        verbose_name_plural = _("matches to judge")


class BatchQueue(PayoutBatch):
    """Batches that wait for a second pair of eyes; oldest first. Emptied by finance."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("payout batch to approve")
        verbose_name_plural = _("payouts to approve")


class RefundQueue(Refund):
    """Refunds above the threshold that a second person must approve; oldest first. Emptied by finance."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("refund to approve")
        verbose_name_plural = _("refunds to approve")


class FailedRefund(Refund):
    """Refunds that the provider refused or says nothing of for a day; oldest first. Emptied by finance."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("refund in trouble")
        verbose_name_plural = _("refunds in trouble")


class IssueQueue(PaymentIssue):
    """Money that fits nothing, messages that nobody believes, payments in silence; oldest first.
    Emptied by finance."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("payment to settle")
        verbose_name_plural = _("payments to settle")


class ShipmentQueue(SellerOrder):
    """What sellers have not handed over a day after it was ordered; oldest first. Chased by operations."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("shipment to chase")
        verbose_name_plural = _("shipments to chase")


class PapersQueue(KycDocument):
    """Sellers' papers that expire within a month, the first to expire on top. Emptied by operations."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("expiring paper")
        verbose_name_plural = _("expiring papers")


class RoleQueue(RoleRequest):
    """Roles that one administrator asked for and another must agree to; oldest first. Emptied by
    administrators."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("role request to decide")
        verbose_name_plural = _("role requests to decide")


class RuleQueue(RuleRequest):
    """Changes of rules about money that one administrator asked for and another must agree to; oldest
    first. Emptied by administrators."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("rule change to decide")
        verbose_name_plural = _("rule changes to decide")


class TermsQueue(TermsRequest):
    """Changes of payout terms and reserves that one person asked for and another must agree to; oldest
    first. Emptied by finance."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("payout terms to decide")
        verbose_name_plural = _("payout terms to decide")


class StandingQueue(StandingRequest):
    """Sellers to suspend, let back or close, as one person asked; oldest first. Emptied by operations."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("suspension to decide")
        verbose_name_plural = _("suspensions to decide")


class DeadLetter(Delivery):
    """Deliveries that failed at every attempt; newest first. Emptied by retry or discard."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")


class FailedJob(Failure):
    """Jobs that broke as a whole, as django-q2 keeps them; oldest first. Emptied by operations."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("failed job")
        verbose_name_plural = _("failed jobs")

"""The rules by name, and what they are counted in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleName(models.TextChoices):
    CHECKOUT = "checkout", _("Buyers may order")
    APPLICATIONS = "applications", _("New sellers may apply")
    IMPORTS = "imports", _("Sellers may import listings")
    PAYOUT_RUNS = "payout_runs", _("Payouts are prepared by schedule")
    PROPOSALS = "proposals", _("Buyer and seller may settle a dispute by themselves")
    REVIEWS_SEEN_FIRST = (
        "reviews_seen_first",
        _("A moderator sees every review before it is public"),
    )
    REFUND_APPROVAL = "refund_approval", _("Refund that one person may give")
    MINIMUM_PAYOUT = "minimum_payout", _("Smallest payout")
    LIMIT_UNKNOWN = "limit_unknown", _("Largest order of an unverified buyer")
    LIMIT_PHONE = "limit_phone", _("Largest order with a verified phone")
    LIMIT_IDENTITY = "limit_identity", _("Largest order with a verified identity")
    ORDER_EXPIRY = "order_expiry", _("An unpaid order keeps its stock")
    HOLD = "hold", _("From delivery until the money is the seller's")
    DISPUTE_WINDOW = "dispute_window", _("From delivery in which a dispute may be opened")
    REVIEW_EDIT = "review_edit", _("From writing in which a review may be changed")
    APPEAL_WINDOW = "appeal_window", _("From the decision of a dispute in which it may be appealed")
    WALLET_REST = "wallet_rest", _("Nothing is paid to a changed number")


# The largest order of a buyer at KYC level 0, 1 and 2: each allows at least as much as the one before.
BUYER_LIMITS = (RuleName.LIMIT_UNKNOWN, RuleName.LIMIT_PHONE, RuleName.LIMIT_IDENTITY)


class Unit(models.TextChoices):
    SWITCH = "switch", _("on or off")
    # Minor units; people read and write whole shillings.
    MONEY = "money", _("TZS")
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")

"""The queues of the console, and what a case is."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

HOURS_MAX = 24 * 60


class QueueName(models.TextChoices):
    """Queues whose time is a setting; the others take it from the case itself."""

    APPLICATIONS = "applications", _("Applications to review")
    LISTINGS = "listings", _("Listings to moderate")
    REVIEWS = "reviews", _("Reviews to decide")
    SUGGESTIONS = "suggestions", _("Matches to judge")
    REFUNDS = "refunds", _("Refunds to approve")
    FAILED_REFUNDS = "failed_refunds", _("Refunds in trouble")
    BATCHES = "batches", _("Payouts to approve")
    PAYMENT_ISSUES = "payment_issues", _("Payments to settle")
    SHIPMENTS = "shipments", _("Shipments to chase")
    DEAD_LETTERS = "dead_letters", _("Dead letters")
    ROLE_REQUESTS = "role_requests", _("Role requests to decide")
    RULE_REQUESTS = "rule_requests", _("Rule changes to decide")
    TERMS_REQUESTS = "terms_requests", _("Payout terms to decide")
    # The sides of a dispute, in working time.
    DISPUTE_SELLER = "dispute_seller", _("Disputes: the seller answers")
    DISPUTE_BUYER = "dispute_buyer", _("Disputes: the buyer answers")
    DISPUTE_STAFF = "dispute_staff", _("Disputes: we decide")
    DISPUTE_APPEAL = "dispute_appeal", _("Disputes: we decide an appeal")
    DISPUTE_PROVIDER = "dispute_provider", _("Disputes: the provider answers")


class MacroKind(models.TextChoices):
    """Where a prepared answer is offered."""

    DISPUTES = "disputes", _("Disputes")
    APPLICATIONS = "applications", _("Applications")
    LISTINGS = "listings", _("Moderation")
    REVIEWS = "reviews", _("Reviews")


@dataclass(frozen=True, slots=True)
class Case:
    """A thing that waits for somebody, as of one stay in its queue."""

    kind: str
    id: str
    entered_at: datetime

    @property
    def key(self) -> str:
        return case_key(self.kind, self.id)


def case_key(kind: str, thing_id: object) -> str:
    """What the events call it: `refund:0192…`."""
    return f"{kind}:{thing_id}"


class BulkStatus(models.TextChoices):
    """A decision about many rows, made in the background."""

    DRAFT = "draft", _("Chosen, not begun")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


BULK_TRANSITIONS: Transitions = {
    BulkStatus.DRAFT: {
        BulkStatus.RUNNING: by(ActorKind.STAFF),
        BulkStatus.CANCELLED: by(ActorKind.STAFF, ActorKind.SYSTEM),
    },
    BulkStatus.RUNNING: {
        BulkStatus.FINISHED: by(ActorKind.STAFF),
        BulkStatus.CANCELLED: by(ActorKind.STAFF),
    },
    BulkStatus.FINISHED: {},
    BulkStatus.CANCELLED: {},
}


class RowOutcome(models.TextChoices):
    """Of one row. Refused: its command said no, as it would to a single decision. Failed: a fault of ours."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Left out")

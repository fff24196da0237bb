"""The work queues, one module each: what waits, for whom, since when, and what may be decided together."""

from backoffice.queues import (
    applications,
    batches,
    dead_letters,
    disputes,
    exceptions,
    failed_jobs,
    failed_refunds,
    listings,
    papers,
    payment_issues,
    refunds,
    reviews,
    role_requests,
    shipments,
    standings,
    suggestions,
)

__all__ = [
    "applications",
    "batches",
    "dead_letters",
    "disputes",
    "exceptions",
    "failed_jobs",
    "failed_refunds",
    "listings",
    "papers",
    "payment_issues",
    "refunds",
    "reviews",
    "role_requests",
    "shipments",
    "standings",
    "suggestions",
]

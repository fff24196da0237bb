"""State changes of reviews, reports and replies."""

from marketplace.reviews.commands.moderation import (
    publish_review,
    reject_review,
    return_review,
    take_down_review,
)
from marketplace.reviews.commands.replies import publish_reply, reject_reply, write_reply
from marketplace.reviews.commands.reports import dismiss_reports, report_review
from marketplace.reviews.commands.writing import edit_review, withdraw_review, write_review

__all__ = [
    "dismiss_reports",
    "edit_review",
    "publish_reply",
    "publish_review",
    "reject_reply",
    "reject_review",
    "report_review",
    "return_review",
    "take_down_review",
    "withdraw_review",
    "write_reply",
    "write_review",
]

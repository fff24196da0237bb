"""The life of a review, of a seller's reply and of a report; what a moderator is asked; how long texts may be."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.shared.actors import ActorKind
from marketplace.shared.states import Transitions, by

BUYER, SELLER = ActorKind.BUYER, ActorKind.SELLER
STAFF, SYSTEM = ActorKind.STAFF, ActorKind.SYSTEM

RATINGS = (1, 2, 3, 4, 5)
TITLE_MAX = 120
BODY_MAX = 2_000
REPLY_MAX = 1_000
REASON_MAX = 300
NOTE_MAX = 300
DISPLAY_NAME_MAX = 40


class ReviewStatus(models.TextChoices):
    PENDING = "pending", _("Waits for a moderator")
    PUBLISHED = "published", _("Published")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    TAKEN_DOWN = "taken_down", _("Taken down")


REVIEW_TRANSITIONS: Transitions = {
    ReviewStatus.PENDING: {
        # Its author says something else before anybody has looked.
        ReviewStatus.PENDING: by(BUYER),
        # The system publishes what no rule holds, where the house does not look at everything first.
        ReviewStatus.PUBLISHED: by(STAFF, SYSTEM),
        ReviewStatus.REJECTED: by(STAFF),
        ReviewStatus.WITHDRAWN: by(BUYER),
    },
    ReviewStatus.PUBLISHED: {
        # Its author says something else now, or a moderator wants another look.
        ReviewStatus.PENDING: by(BUYER, STAFF),
        ReviewStatus.WITHDRAWN: by(BUYER),
        ReviewStatus.TAKEN_DOWN: by(STAFF),
    },
    ReviewStatus.REJECTED: {
        ReviewStatus.PENDING: by(BUYER, STAFF),
        ReviewStatus.WITHDRAWN: by(BUYER),
    },
    ReviewStatus.TAKEN_DOWN: {ReviewStatus.PENDING: by(STAFF)},
    ReviewStatus.WITHDRAWN: {},
}


class ReplyStatus(models.TextChoices):
    PENDING = "pending", _("Waits for a moderator")
    PUBLISHED = "published", _("Published")
    REJECTED = "rejected", _("Rejected")


REPLY_TRANSITIONS: Transitions = {
    ReplyStatus.PENDING: {
        ReplyStatus.PUBLISHED: by(STAFF, SYSTEM),
        ReplyStatus.REJECTED: by(STAFF),
    },
    ReplyStatus.PUBLISHED: {ReplyStatus.REJECTED: by(STAFF)},
    # The seller writes another one.
    ReplyStatus.REJECTED: {ReplyStatus.PENDING: by(SELLER)},
}


class ReportStatus(models.TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("The review is gone")
    DISMISSED = "dismissed", _("The review stays")


REPORT_TRANSITIONS: Transitions = {
    ReportStatus.OPEN: {
        # Also by its author, who changes or withdraws what was reported.
        ReportStatus.UPHELD: by(STAFF, BUYER),
        ReportStatus.DISMISSED: by(STAFF),
    },
    ReportStatus.UPHELD: {},
    ReportStatus.DISMISSED: {},
}


class Question(models.TextChoices):
    """What a review waits for in the queue: one thing at a time, in this order."""

    REVIEW = "review", _("Publish the review?")
    REPORTS = "reports", _("It was reported: does it stay?")
    REPLY = "reply", _("Publish the seller's reply?")


class HoldRule(models.TextChoices):
    """Why something is looked at before it is published, whatever the house's rule."""

    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("E-mail address")
    LINK = "link", _("Link or account elsewhere")
    SWEARING_EN = "swearing_en", _("Swear word (English)")
    SWEARING_SW = "swearing_sw", _("Swear word (Swahili)")


class ReportReason(models.TextChoices):
    OFFENSIVE = "offensive", _("Offensive")
    PRIVATE = "private", _("Tells private things")
    ADVERTISING = "advertising", _("Advertising")
    WRONG_PRODUCT = "wrong_product", _("About another product")
    UNTRUE = "untrue", _("Not true")
    OTHER = "other", _("Something else")

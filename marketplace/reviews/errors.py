"""What reviews refuse."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Forbidden, Invalid, NotFound


class ReviewNotFound(NotFound):
    code = "review_not_found"
    message = _("There is no such review.")


class LineNotFound(NotFound):
    code = "line_not_found"
    message = _("This is no part of what you ordered there.")
    field = "listing"


class NotDelivered(Conflict):
    code = "not_delivered"
    message = _("You can review what you bought once it has arrived.")
    field = "seller_order"


class AlreadyReviewed(Conflict):
    code = "already_reviewed"
    message = _("You have reviewed this already: %(reference)s.")
    field = "listing"


class RatingInvalid(Invalid):
    code = "rating_invalid"
    message = _("A rating is a whole number of stars from 1 to 5.")
    field = "rating"


class ReviewTextMissing(Invalid):
    code = "review_text_missing"
    message = _("Please write something.")
    field = "body"


class ReviewTooLong(Invalid):
    code = "review_too_long"
    message = _("Please write at most %(most)s characters.")
    field = "body"


class ReviewChangedMeanwhile(Conflict):
    code = "review_changed"
    message = _("This review has changed in the meantime. Look at it again, then repeat.")


class NotYourReview(Forbidden):
    code = "not_your_review"
    message = _("Only its author may do this.")


class EditWindowOver(Conflict):
    code = "edit_window_over"
    message = _("A review can be changed for %(days)s days.")


class ReviewNotPublished(Conflict):
    code = "review_not_published"
    message = _("This review is not published.")


class ReviewReasonMissing(Invalid):
    code = "review_reason_missing"
    message = _("Please give a reason.")
    field = "reason"


class OwnReviewReported(Conflict):
    code = "own_review_reported"
    message = _("This is your own review: change it or withdraw it.")


class AlreadyReported(Conflict):
    code = "already_reported"
    message = _("You have reported this review already.")


class NothingReported(Conflict):
    code = "nothing_reported"
    message = _("Nobody's report about this review is open.")


class NotTheSeller(Forbidden):
    code = "not_the_seller"
    message = _("Only the seller of what is reviewed may reply.")


class AlreadyReplied(Conflict):
    code = "already_replied"
    message = _("You have replied to this review already.")


class ReplyNotFound(NotFound):
    code = "reply_not_found"
    message = _("Nobody replied to this review.")

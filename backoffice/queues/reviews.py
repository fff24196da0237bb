"""Reviews, reports and sellers' replies that wait for a moderator. Emptied by the catalogue moderators."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice import waiting
from backoffice.admin import review_blocks as blocks
from backoffice.admin import reviews as desk
from backoffice.desks.reviews import HELD, held
from backoffice.models import ReviewQueue
from backoffice.work.prepared import Prepared, PreparedTogether
from backoffice.work.shape import WorkQueue
from backoffice.work.together import against, together, with_reason
from marketplace.casework.states import MacroKind, QueueName
from marketplace.reviews.models import Review
from marketplace.reviews.states import Question
from marketplace.shared.errors import Conflict

SHOWN = (
    (_("Asked"), lambda review: review.get_question_display()),
    (_("Product"), lambda review: review.product),
    (_("Stars"), lambda review: blocks.stars(review.rating)),
    (_("Title"), lambda review: blocks.beginning(review.title)),
    (_("Held for"), lambda review: blocks.rules_found(review.held_for) or "–"),
)
AGAINST = {
    Question.REVIEW: desk.reject,
    Question.REPORTS: desk.take_down,
    Question.REPLY: desk.refuse_reply,
}


class Reported(Conflict):
    code = "reported"
    message = _("It was reported: let it stay with a reason, or take it down.")


def _publish(review: Any, asked: Any) -> None:
    if review.question == Question.REPORTS:
        raise Reported
    (desk.let_reply if review.question == Question.REPLY else desk.publish)(review, asked)


def _refuse(review: Any, asked: Any) -> None:
    AGAINST[review.question](review, asked)


def _answers_of(review: Any) -> Prepared:
    return desk.TO_THE_SELLER if review.question == Question.REPLY else desk.TO_THE_BUYER


class HeldFilter(admin.SimpleListFilter):
    """What a rule holds is looked at by a person, whatever the house's rule."""

    title = _("rules")
    parameter_name = HELD

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [("yes", _("Held by a rule"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return held(queryset) if self.value() == "yes" else queryset


@admin.register(ReviewQueue)
class ReviewQueueAdmin(WorkQueue, desk.ReviewColumns):
    kind, of, duty = "review", Review, desk.DUTY
    since, time = "waits_since", QueueName.REVIEWS
    intro = _("What buyers wrote, what somebody reported, and what sellers answer; oldest first.")
    chips = "question"
    list_display = ("reference", "goods", "given", "words", "asked")
    list_filter = (HeldFilter,)
    bulk = (
        together("publish", _("Publish"), desk.DUTY, _publish, *SHOWN, icon="check", key="a",
                 trial={},
                 effect=ngettext_lazy("Everybody may read %(count)s review or reply at once.",
                                      "Everybody may read %(count)s reviews and replies at once.",
                                      "count")),
        with_reason("keep", _("They stay"), desk.DUTY, desk.keep, *SHOWN, icon="shield",
                    trial={"reason": "…"},
                    effect=ngettext_lazy("%(count)s review stays; its reports are answered with it.",
                                         "%(count)s reviews stay; their reports are answered with it.",
                                         "count")),
        against("refuse", _("Reject"), desk.DUTY, _refuse, *SHOWN,
                effect=ngettext_lazy(
                    "Nobody reads %(count)s review or reply any more. Its author reads the reason.",
                    "Nobody reads %(count)s reviews and replies any more. Their authors read the"
                    " reason.",
                    "count"),
                prepared=PreparedTogether(MacroKind.REVIEWS, _answers_of)),
    )  # fmt: skip

    def waiting(self) -> QuerySet[Any]:
        return waiting.reviews()

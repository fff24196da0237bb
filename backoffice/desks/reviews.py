"""Of whoever moderates reviews: what they decided, how fast, and what is asked of them besides."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import waiting
from backoffice.desks.shape import Desk, Figure, Seen, Verdicts, number
from backoffice.insight.charts import Chart
from backoffice.insight.lists import Behind
from marketplace.analytics.measures import REVIEW_PUBLISHED, REVIEW_REJECTED
from marketplace.analytics.queries import Span
from marketplace.reviews.states import Question, ReviewStatus

VERDICTS = Verdicts(
    {
        REVIEW_PUBLISHED: ReviewStatus.PUBLISHED.value,
        REVIEW_REJECTED: ReviewStatus.REJECTED.value,
    },
    "reviews.review",
    "decided_at",
    "reviews",
)
# A name in the list's address, and what it means there.
HELD = "held"


def held(reviews: QuerySet[Any]) -> QuerySet[Any]:
    """Those in which a rule found something: the house would not have asked about them otherwise."""
    return reviews.filter(question=Question.REVIEW).exclude(held_for=[])


def _counts(_span: Span) -> dict[str, QuerySet[Any]]:
    waits = waiting.reviews()
    return {
        Question.REPORTS.value: waits.filter(question=Question.REPORTS),
        Question.REPLY.value: waits.filter(question=Question.REPLY),
        HELD: held(waits),
    }


def _figures(seen: Seen) -> list[Figure]:
    def waits(label: str, note: str, question: Question) -> Figure:
        behind = Behind(
            "", "backoffice.reviewqueue", filters=(("question__exact", question.value),)
        )
        return Figure(label, number(seen.now[question.value]), note, behind, seen.period.span)

    return [
        *VERDICTS.figures(seen, [_("Published today"), _("Rejected today")]),
        Figure(
            _("Held by a rule"),
            number(seen.now[HELD]),
            _("of those that wait"),
            Behind("", "backoffice.reviewqueue", filters=((HELD, "yes"),)),
            seen.period.span,
        ),
        waits(_("Reported"), _("reviews that somebody would not see"), Question.REPORTS),
        waits(_("Replies of sellers"), _("that wait to be published"), Question.REPLY),
    ]


def _charts(seen: Seen) -> list[Chart]:
    labels = [_("Published"), _("Rejected")]
    return VERDICTS.charts(seen, "reviews", _("Reviews decided"), _("Reviews"), labels)


DESK = Desk(
    "reviews",
    gettext_lazy("Reviews"),
    "backoffice.moderate_reviews",
    _figures,
    _charts,
    _counts,
)

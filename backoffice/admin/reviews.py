"""Reviews, and the page on which a moderator answers what one asks."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from backoffice.admin import review_blocks as blocks
from backoffice.admin.base import Console
from backoffice.pages.blocks import Page
from backoffice.pages.decisions import Asked, Decision
from backoffice.pages.display import moment, state_column, two_lines
from backoffice.pages.forms import ReasonForm
from backoffice.pages.search import upper
from backoffice.work.case import CasePage
from backoffice.work.hands import hands
from backoffice.work.prepared import Prepared
from marketplace.casework.states import MacroKind
from marketplace.reviews.commands import (
    dismiss_reports,
    publish_reply,
    publish_review,
    reject_reply,
    reject_review,
    return_review,
    take_down_review,
)
from marketplace.reviews.models import Review
from marketplace.reviews.queries import (
    rating_of,
    reply_to,
)
from marketplace.reviews.states import (
    Question,
    ReplyStatus,
    ReviewStatus,
)
from marketplace.sellers.queries import owner_of

DUTY = "moderate_reviews"


def _values(review: Review) -> dict[str, Any]:
    return {
        "shop": review.seller.name,
        "review": review.reference,
        "product": review.product.title,
    }


TO_THE_BUYER = Prepared(
    MacroKind.REVIEWS,
    lambda review, reader: review.buyer_id,
    _values,
    suits=lambda review: "review",
)
TO_THE_SELLER = Prepared(
    MacroKind.REVIEWS,
    lambda review, reader: owner_of(review.seller_id),
    _values,
    suits=lambda review: "reply",
)


def publish(review: Any, asked: Any) -> None:
    publish_review(review_id=review.pk, actor=asked.actor)


def reject(review: Any, asked: Any) -> None:
    reject_review(review_id=review.pk, reason=asked.data["reason"], actor=asked.actor)


def take_down(review: Any, asked: Any) -> None:
    take_down_review(review_id=review.pk, reason=asked.data["reason"], actor=asked.actor)


def keep(review: Any, asked: Any) -> None:
    dismiss_reports(review_id=review.pk, reason=asked.data["reason"], actor=asked.actor)


def let_reply(review: Any, asked: Any) -> None:
    publish_reply(review_id=review.pk, actor=asked.actor)


def refuse_reply(review: Any, asked: Any) -> None:
    reject_reply(review_id=review.pk, reason=asked.data["reason"], actor=asked.actor)


def _look_again(review: Any, asked: Any) -> None:
    return_review(review_id=review.pk, reason=asked.data["reason"], actor=asked.actor)


def _asks(question: Question) -> Any:
    return lambda review, request: review.question == question


def _is_public(review: Any, request: HttpRequest) -> bool:
    """Of what was reported, the report is answered."""
    return review.status == ReviewStatus.PUBLISHED and review.question != Question.REPORTS


def _was_decided(review: Any, request: HttpRequest) -> bool:
    return review.status in (ReviewStatus.REJECTED, ReviewStatus.TAKEN_DOWN)


def _shows_reply(review: Any, request: HttpRequest) -> bool:
    reply = reply_to(review)
    return _is_public(review, request) and bool(reply and reply.status == ReplyStatus.PUBLISHED)


def _decision(name: str, label: Any, act: Any, done: Any, **more: Any) -> Decision:
    """A decision about the review of the page, by the function that also decides about many."""

    def run(asked: Asked) -> None:
        act(asked.object, asked)

    return Decision(name, label, DUTY, run, done=done, **more)


def _against(name: str, label: Any, act: Any, done: Any, **more: Any) -> Decision:
    more = {"icon": "close", "variant": "danger", "key": "r", "form": ReasonForm} | more
    return _decision(name, label, act, done, **more)


def _for(name: str, label: Any, act: Any, done: Any, **more: Any) -> Decision:
    more = {"icon": "check", "variant": "primary", "key": "a"} | more
    return _decision(name, label, act, done, **more)


DECISIONS = (
    _against(
        "reject",
        _("Reject"),
        reject,
        _("The review is rejected; the buyer reads why."),
        ask=_("The buyer reads the reason, and may write something else."),
        when=_asks(Question.REVIEW),
        undo="again",
        prepared=TO_THE_BUYER,
    ),
    _for(
        "publish",
        _("Publish"),
        publish,
        _("The review is public."),
        when=_asks(Question.REVIEW),
        undo="again",
    ),
    _against(
        "uphold",
        _("Take down"),
        take_down,
        _("The review is taken down; the buyer reads why."),
        ask=_("Nobody sees it any more. The buyer reads the reason."),
        when=_asks(Question.REPORTS),
        undo="again",
        prepared=TO_THE_BUYER,
    ),
    _for(
        "keep",
        _("It stays"),
        keep,
        _("The review stays; its reports are closed."),
        form=ReasonForm,
        when=_asks(Question.REPORTS),
    ),
    _against(
        "refuse_reply",
        _("Reject the reply"),
        refuse_reply,
        _("The reply is rejected; the seller reads why."),
        ask=_("The seller reads the reason, and may write another one."),
        when=_asks(Question.REPLY),
        prepared=TO_THE_SELLER,
    ),
    _for(
        "publish_reply",
        _("Publish the reply"),
        let_reply,
        _("The reply is public."),
        when=_asks(Question.REPLY),
        undo="hide_reply",
    ),
    _against(
        "hide_reply",
        _("Take the reply down"),
        refuse_reply,
        _("The reply is taken down; the seller reads why."),
        icon="speaker_notes_off",
        variant="default",
        key="",
        when=_shows_reply,
        prepared=TO_THE_SELLER,
    ),
    _against(
        "take_down",
        _("Take down"),
        take_down,
        _("The review is taken down; the buyer reads why."),
        ask=_("Nobody sees it any more. The buyer reads the reason."),
        icon="visibility_off",
        key="",
        when=_is_public,
        undo="again",
        prepared=TO_THE_BUYER,
    ),
    _decision(
        "again",
        _("Decide again"),
        _look_again,
        _("The review is back in the queue."),
        form=ReasonForm,
        ask=_("Until somebody decides it, nobody sees it."),
        icon="undo",
        when=lambda review, request: _was_decided(review, request) or _is_public(review, request),
    ),
)


class ReviewColumns(Console):
    list_select_related = ("product", "seller", "buyer")
    search_by = {"reference__startswith": upper, "line__seller_order__reference__startswith": upper}
    search_hint = _("Reference of the review or seller order")
    status_label = state_column()

    @display(description=_("Product"), ordering="product")
    def goods(self, review: Review) -> Any:
        return two_lines(review.product, review.seller)

    @display(description=_("Stars"), ordering="rating")
    def given(self, review: Review) -> Any:
        return blocks.stars(review.rating)

    @display(description=Review._meta.verbose_name)
    def words(self, review: Review) -> Any:
        return two_lines(blocks.beginning(review.title), blocks.beginning(review.body))

    @display(description=_("Asked"))
    def asked(self, review: Review) -> Any:
        return two_lines(review.get_question_display(), blocks.rules_found(review.held_for))

    @display(description=_("Written"), ordering="-pk")
    def written(self, review: Review) -> Any:
        return moment(review.written_at)


@admin.register(Review)
class ReviewAdmin(CasePage, ReviewColumns):
    """What buyers say of what arrived; the page of one is where it is moderated."""

    aggregate = "review"
    chips = "status"
    decisions = (*DECISIONS, *hands("review", DUTY))
    list_display = (
        "reference", "goods", "given", "words", "buyer", "status_label", "written",
    )  # fmt: skip
    page_select_related = (
        "product", "seller", "buyer", "decided_by", "reply__author", "line__seller_order__order",
    )  # fmt: skip
    exported = {
        _("Reference"): "reference",
        _("Product"): "product__title",
        _("Seller"): "seller__name",
        _("Stars"): "rating",
        _("Title"): "title",
        _("Text"): "body",
        _("State"): "get_status_display",
        _("Reason"): "reason",
        _("Written"): "written_at",
    }

    def called(self, review: Review) -> str:
        return f"{review.product} · {review.reference}"

    def page(self, request: HttpRequest, review: Review) -> Page:
        notices = [("warning", review.reason)] if review.reason else []
        if review.question:
            notices.insert(0, ("info", review.get_question_display()))
        page = Page(
            notices=notices,
            main=[
                blocks.said(review),
                *blocks.replied(review),
                *blocks.reported(review),
                *blocks.before(review),
            ],
            side=[
                blocks.bought(request, review),
                blocks.standing(rating_of(product_id=review.product_id)),
            ],
            subjects=[("review", [review.pk])],
        )
        page.main.append(blocks.others(review))
        return page

"""What the page of a review is made of: its words with what a rule found in them, and all around it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from backoffice.pages.blocks import Facts, Piece, Table
from backoffice.pages.display import link, moment, money, state, two_lines
from marketplace.reviews.models import Review
from marketplace.reviews.queries import (
    Rating,
    reply_to,
    reports_of,
    reviews_by,
    versions_of,
)
from marketplace.reviews.states import RATINGS, HoldRule

OTHERS_MAX = 10
BEGINNING = 90


def stars(rating: int) -> Any:
    """Filled and empty ones, read aloud as a number."""
    return format_html(
        '<span class="zt-stars" role="img" aria-label="{}">{}<span class="zt-stars-rest">{}</span></span>',
        _("%(stars)s of 5 stars") % {"stars": rating},
        "★" * rating,
        "★" * (len(RATINGS) - rating),
    )


def rules_found(held_for: Sequence[dict[str, str]]) -> Any:
    """Each rule that holds a text, and what it found."""
    labels = dict(HoldRule.choices)
    return format_html_join(
        " ",
        '<span class="zt-held">{}: <mark>{}</mark></span>',
        ((labels.get(hit["rule"], hit["rule"]), hit["found"]) for hit in held_for),
    )


def marked(text: str, held_for: Sequence[dict[str, str]]) -> Any:
    """The text with what was found in it made visible."""
    pieces: list[tuple[str, bool]] = [(text, False)]
    for found in (hit["found"] for hit in held_for):
        parted: list[tuple[str, bool]] = []
        for piece, is_found in pieces:
            before, hit, after = piece.partition(found) if not is_found else (piece, "", "")
            is_whole = is_found and not hit
            parted += [(before, is_whole), (hit, True), (after, False)]
        pieces = [one for one in parted if one[0]]
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", words) if hit else words,) for words, hit in pieces),
    )


def beginning(text: str) -> str:
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING].rstrip()}…"


def said(review: Review) -> Piece:
    return Piece(
        capfirst(Review._meta.verbose_name),
        "console/blocks/review.html",
        {
            "stars": stars(review.rating),
            "title": marked(review.title, review.held_for),
            "body": marked(review.body, review.held_for),
            "held": rules_found(review.held_for),
            "by": review.display_name,
            "at": moment(review.edited_at or review.written_at),
            "is_changed": review.edited_at is not None,
        },
    )


def replied(review: Review) -> list[Piece]:
    reply = reply_to(review)
    if reply is None:
        return []
    context = {
        "state": state(reply),
        "body": marked(reply.body, reply.held_for),
        "held": rules_found(reply.held_for),
        "reason": reply.reason,
        "by": review.seller,
        "at": moment(reply.written_at),
    }
    return [Piece(_("The seller's reply"), "console/blocks/review.html", context)]


def reported(review: Review) -> list[Table]:
    reports = reports_of(review_id=review.pk)
    if not reports:
        return []
    return [
        Table(
            _("Reports"),
            [_("Reason"), _("Note"), _("Reported by"), _("When"), _("State")],
            [
                (
                    one.get_reason_display(),
                    one.note or "–",
                    link(one.reporter),
                    moment(one.reported_at),
                    state(one),
                )
                for one in reports
            ],
        )
    ]


def before(review: Review) -> list[Table]:
    versions = versions_of(review_id=review.pk)[1:]
    if not versions:
        return []
    return [
        Table(
            _("What it said before"),
            [_("Stars"), _("Text"), _("Written")],
            [
                (stars(one.rating), two_lines(one.title, one.body), moment(one.written_at))
                for one in versions
            ],
        )
    ]


def others(review: Review) -> Table:
    others = reviews_by(buyer_id=review.buyer_id, besides=review.pk)[:OTHERS_MAX]
    return Table(
        _("The buyer's other reviews"),
        [capfirst(Review._meta.verbose_name), _("Product"), _("Stars"), _("Text"), _("State")],
        [
            (link(one), one.product.title, stars(one.rating), beginning(one.title), state(one))
            for one in others
        ],
        empty=_("None: this is the first one."),
    )


def bought(request: HttpRequest, review: Review) -> Facts:
    line, part = review.line, review.line.seller_order
    may_see_people = request.user.has_perm("accounts.view_user")
    may_see_orders = request.user.has_perm("orders.view_order")
    return Facts(
        _("What it is about"),
        [
            (_("Product"), link(review.product)),
            (_("Seller"), link(review.seller)),
            (_("Buyer"), link(review.buyer) if may_see_people else review.buyer.name),
            (_("Shown as"), review.display_name),
            (_("Order"), link(part.order) if may_see_orders else part.order.reference),
            (_("Seller order"), link(part) if may_see_orders else part.reference),
            (_("Bought"), f"{line.quantity} × {line.title}"),
            (_("Paid for it"), money(line.total_minor)),
            (_("Delivered"), moment(part.delivered_at)),
            (_("Written"), moment(review.written_at)),
            (_("Published"), moment(review.published_at)),
            (_("Decided by"), review.decided_by or "–"),
        ],
    )


def standing(rating: Rating) -> Piece:
    return Piece(
        _("All reviews of the product"),
        "console/blocks/stars.html",
        {
            "average": rating.average,
            "count": rating.count,
            "most": max(rating.by_stars.values()),
            "rows": [
                {"stars": given, "people": people}
                for given, people in reversed(rating.by_stars.items())
            ],
        },
    )

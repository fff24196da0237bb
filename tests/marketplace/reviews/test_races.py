"""Two people at one review at the same moment; each proof has its control."""

from typing import Any

import pytest

from marketplace.reviews import errors
from marketplace.reviews.commands import (
    moderation,
    publish_review,
    reject_review,
    report_review,
    reports,
    steps,
    writing,
)
from marketplace.reviews.models import Review
from marketplace.shared.states import IllegalTransition
from tests.factories.accounts import a_user, buyer_actor, staff_actor
from tests.factories.orders import a_delivered_part
from tests.factories.reviews import a_published_review, a_review
from tests.processes import dwell, unguarded_moves, without_constraint, without_row_locks
from tests.threads import at_once, refused
from tests.verified import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def two_moderators(review: Review) -> list[Any]:
    first, second = staff_actor(), staff_actor()
    return at_once(
        lambda: publish_review(review_id=review.pk, actor=first),
        lambda: publish_review(review_id=review.pk, actor=second),
    )


def test_of_two_moderators_one_decides_and_the_stars_count_once(monkeypatch):
    review = a_review()
    dwell(monkeypatch, moderation, "locked")

    outcomes = two_moderators(review)

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert broken_invariants() == []


def test_control_without_lock_and_guard_one_review_counts_twice(monkeypatch):
    review = a_review()
    dwell(monkeypatch, moderation, "locked")
    without_row_locks(monkeypatch)
    unguarded_moves(monkeypatch, steps)

    outcomes = two_moderators(review)

    assert refused(outcomes) == []
    assert "reviews.stars_are_counted" in str(broken_invariants())


def test_who_publishes_and_who_rejects_do_not_both_have_it(monkeypatch):
    review = a_review()
    dwell(monkeypatch, moderation, "locked")
    first, second = staff_actor(), staff_actor()

    outcomes = at_once(
        lambda: publish_review(review_id=review.pk, actor=first),
        lambda: reject_review(review_id=review.pk, reason="No", actor=second),
    )

    assert [type(error) for error in refused(outcomes)] == [IllegalTransition]
    assert broken_invariants() == []


def written_twice() -> list[Any]:
    part = a_delivered_part()
    return at_once(lambda: a_review(part), lambda: a_review(part, rating=1))


def test_of_two_reviews_of_one_line_one_is_written(monkeypatch):
    dwell(monkeypatch, writing, "product_ids_of")

    outcomes = written_twice()

    assert [type(error) for error in refused(outcomes)] == [errors.AlreadyReviewed]
    assert Review.objects.count() == 1
    assert broken_invariants() == []


def test_control_without_the_constraint_one_line_has_two_reviews(monkeypatch):
    dwell(monkeypatch, writing, "product_ids_of")
    with without_constraint("reviews_review", "review_once_per_line"):
        outcomes = written_twice()

        assert refused(outcomes) == []
        assert Review.objects.count() == 2


def reported_at_once(review: Review) -> list[Any]:
    first, second = buyer_actor(a_user()), buyer_actor(a_user())
    report = {"review_id": review.pk, "reason": "untrue", "note": ""}
    return at_once(
        lambda: report_review(actor=first, **report), lambda: report_review(actor=second, **report)
    )


def test_two_reports_at_once_are_both_counted(monkeypatch):
    review = a_published_review()
    dwell(monkeypatch, reports, "locked")

    outcomes = reported_at_once(review)

    review.refresh_from_db()
    assert refused(outcomes) == []
    assert review.open_reports == 2
    assert broken_invariants() == []

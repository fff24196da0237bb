"""The first page of whoever moderates or helps customers: their own work, each figure with its list."""

from datetime import timedelta

import pytest

from backoffice.desks.moderation import WITHOUT_PICTURE, without_picture
from backoffice.message_names import TITLES, kind_of
from marketplace.analytics.commands import count_events
from marketplace.listings.commands import approve_listing, reject_listing, submit_listing
from marketplace.listings.models import ImportBatch, Listing
from marketplace.listings.states import ListingStatus
from marketplace.notifications.kinds import KINDS
from marketplace.notifications.models import MessageTemplate
from marketplace.reviews.commands import publish_review, reject_review
from marketplace.reviews.models import Review
from marketplace.reviews.states import Question, ReviewStatus
from marketplace.rules.commands import set_rule
from marketplace.rules.policies import OFF
from marketplace.rules.queries import forget
from marketplace.rules.states import RuleName
from marketplace.sellers.queries import owner_of
from marketplace.shared import clock
from tests.backoffice.console_pages import list_address, signed_in
from tests.factories.accounts import staff_actor
from tests.factories.disputes import an_open_dispute
from tests.factories.listings import a_listing
from tests.factories.reviews import a_review
from tests.factories.sellers import seller_actor

pytestmark = pytest.mark.django_db
DASHBOARD = "/console/"


def a_submitted_listing() -> Listing:
    listing = a_listing(status=ListingStatus.DRAFT)
    seller = listing.seller_id
    return submit_listing(listing_id=listing.pk, seller_id=seller, actor=seller_actor(seller))


def desk(client, name):
    """Its figures by name, and its charts."""
    shown = {one["name"]: one for one in client.get(DASHBOARD).context["desks"]}[name]
    figures = {figure["label"]: figure for figure in shown["figures"]}
    return figures, {one["chart"].name: one["chart"] for one in shown["context"]["charts"]}


def test_a_moderator_sees_what_was_decided_how_fast_and_what_hinders_them(client):
    approved, rejected, waiting = (a_submitted_listing() for _number in range(3))
    approve_listing(listing_id=approved.pk, actor=staff_actor())
    reject_listing(listing_id=rejected.pk, reason="Blurred.", actor=staff_actor())
    ImportBatch.objects.create(
        seller_id=waiting.seller_id,
        uploaded_by_id=owner_of(waiting.seller_id),
        original_name="goods.csv",
        sha256="0" * 64,
        rows_failed=2,
    )
    count_events(skew=timedelta(0))
    signed_in(client, "catalogue_moderator")

    figures, charts = desk(client, "moderation")

    said = {label: figure["value"] for label, figure in figures.items()}
    assert (said["Approved today"], said["Rejected today"]) == ("1", "1")
    assert said["Decided in time"] == "100.0 %"
    assert (said["Imports with refused rows"], said["Without a picture"]) == ("1", "1")
    assert [line.values[-1] for line in charts["listings-verdicts"].lines] == [1, 1]
    found = {
        label: client.get(figure["link"]).content.decode() for label, figure in figures.items()
    }
    assert approved.reference in found["Approved today"]
    assert rejected.reference not in found["Approved today"]
    assert rejected.reference in found["Rejected today"]
    assert waiting.reference in found["Without a picture"]
    assert "goods.csv" in found["Imports with refused rows"]


def test_a_moderator_of_reviews_sees_verdicts_and_what_else_is_asked(client):
    published, rejected, held, reported, replied = (a_review() for _number in range(5))
    publish_review(review_id=published.pk, actor=staff_actor())
    reject_review(review_id=rejected.pk, reason="Swears.", actor=staff_actor())
    Review.objects.filter(pk=held.pk).update(held_for=[{"rule": "phone", "found": "0754 000 111"}])
    now = clock.now()
    for one, question in ((reported, Question.REPORTS), (replied, Question.REPLY)):
        Review.objects.filter(pk=one.pk).update(question=question, waits_since=now)
    count_events(skew=timedelta(0))
    signed_in(client, "catalogue_moderator")

    figures, charts = desk(client, "reviews")

    said = {label: figure["value"] for label, figure in figures.items()}
    found = {
        label: client.get(figure["link"]).content.decode() for label, figure in figures.items()
    }
    assert said["Decided in time"] == "100.0 %"
    assert [line.values[-1] for line in charts["reviews-verdicts"].lines] == [1, 1]
    for label, one in {
        "Published today": published,
        "Rejected today": rejected,
        "Held by a rule": held,
        "Reported": reported,
        "Replies of sellers": replied,
    }.items():
        others = {published, rejected, held, reported, replied} - {one}
        assert said[label] == "1"
        assert one.reference in found[label]
        assert not any(other.reference in found[label] for other in others), label


def test_a_review_that_published_itself_is_nobodys_verdict(client):
    set_rule(name=RuleName.REVIEWS_SEEN_FIRST, value=OFF, reason="Calm week", actor=staff_actor())
    forget()
    assert a_review().status == ReviewStatus.PUBLISHED
    count_events(skew=timedelta(0))
    signed_in(client, "catalogue_moderator")

    figures, _charts = desk(client, "reviews")

    assert figures["Published today"]["value"] == "0"
    assert figures["Decided in time"]["value"] == "–"


def test_what_a_file_brought_in_waits_from_then_on(client):
    since = clock.now() - timedelta(hours=3)
    imported = a_listing(status=ListingStatus.IN_MODERATION, created_at=since, submitted_at=since)
    approve_listing(listing_id=imported.pk, actor=staff_actor())
    count_events(skew=timedelta(0))
    signed_in(client, "catalogue_moderator")

    figures, _charts = desk(client, "moderation")

    assert figures["Approved today"]["value"] == "1"
    assert figures["Time to decide"]["value"] == "3.0 h"


def test_support_sees_how_customers_fare_and_no_sales(client):
    dispute = an_open_dispute()
    count_events(skew=timedelta(0))
    signed_in(client, "support")

    figures, charts = desk(client, "customers")

    assert figures["Open disputes"]["value"] == "1"
    assert dispute.reference in client.get(figures["Open disputes"]["link"]).content.decode()
    assert charts["disputes"].lines[0].values[-1] == 1
    for figure in figures.values():
        assert client.get(figure["link"]).status_code == 200, figure["label"]


@pytest.mark.parametrize("role", ["catalogue_moderator", "support", "operations_agent"])
def test_it_costs_few_questions_and_is_asked_once_a_minute(
    client, role, django_assert_max_num_queries
):
    a_listing()
    signed_in(client, role)

    with django_assert_max_num_queries(15):
        client.get(DASHBOARD)
    with django_assert_max_num_queries(6):
        client.get(DASHBOARD)


def test_what_has_a_picture_is_not_listed_as_bare(client):
    bare, pictured = a_submitted_listing(), a_submitted_listing()
    pictured.pictures.create(original="x.png", position=0)
    signed_in(client, "catalogue_moderator")

    queue = list_address("backoffice.moderationqueue")
    page = client.get(queue, {WITHOUT_PICTURE: "none"}).content.decode()

    assert bare.reference in page
    assert pictured.reference not in page
    waiting = Listing.objects.filter(status=ListingStatus.IN_MODERATION)
    assert list(without_picture(waiting)) == [bare]


def test_every_kind_of_message_has_a_name_and_keeps_its_code():
    assert set(TITLES) == set(KINDS)
    assert str(kind_of("order_paid")) == '<span title="order_paid">Order paid</span>'


def test_the_language_of_words_is_called_by_its_name_in_list_filter_and_page(client):
    signed_in(client, "operations_lead")
    words = {"code": "order_paid", "channel": "sms", "body": "Asante."}
    template = MessageTemplate.objects.create(language="sw", **words)

    address = list_address("notifications.messagetemplate")
    listed = client.get(address, {"language__exact": "sw"}).content.decode()
    page = client.get(f"{address}{template.pk}/change/").context["page"]

    assert listed.count("Kiswahili") > 1
    assert "English" in listed
    assert "Kiswahili" in [value for _label, value in page.figures]

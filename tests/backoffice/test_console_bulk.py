"""All that a list shows, decided in the background: chosen above a queue, looked at, started, followed, taken away."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from backoffice import waiting
from backoffice.queues.listings import ModerationQueueAdmin
from backoffice.work.shape import WorkQueue
from marketplace.accounts.models import User
from marketplace.casework.models import BulkRun, Macro
from marketplace.casework.states import BulkStatus
from marketplace.listings.commands import approve_listing
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.notifications.models import Message
from marketplace.notifications.states import MessageStatus
from marketplace.sellers.queries import owner_of
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, do, list_address, pages_by_model, said, signed_in
from tests.deliveries import deliver_all
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.catalog import a_product
from tests.factories.console import a_world
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller

pytestmark = pytest.mark.django_db
QUEUE = "backoffice.moderationqueue"
MOST = 3
QUERIES_MAX = 18


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch):
    """One request decides three; what is more is a worker's."""
    page = pages_by_model()[QUEUE]
    few = [replace(bulk, at_most=MOST) for bulk in page.bulk]
    monkeypatch.setattr(ModerationQueueAdmin, "bulk", few)


def waiting_listings(count: int) -> list[Listing]:
    seller, product = a_seller(), a_product()
    return [
        a_listing(seller, product, status=ListingStatus.IN_MODERATION) for _time in range(count)
    ]


def choose_all(client, name: str = "approve", filters: str = ""):
    address = reverse("admin:backoffice_moderationqueue_many", args=[name])
    return client.post(address, {"all": "1", "next": f"{list_address(QUEUE)}?{filters}"})


def page_of(client, run):
    return client.get(f"/console/casework/bulkrun/{run.pk}/change/")


def test_all_that_is_listed_is_shown_before_it_is_started_with_sums_and_what_would_be_refused(
    client,
):
    waiting_listings(5)
    signed_in(client, "catalogue_moderator")

    response = choose_all(client, "reject")
    run = BulkRun.objects.get()
    page = page_of(client, run).context["page"]

    assert response["Location"] == f"/console/casework/bulkrun/{run.pk}/change/"
    figures = {str(label): str(value) for label, value in page.figures}
    assert figures["Rows"] == "5"
    assert "TZS 250,000" in figures["Sum"]
    assert "5 rows, spread evenly, were tried and undone: 0 would be refused." in str(
        page.main[0].note
    )
    assert Listing.objects.filter(status=ListingStatus.IN_MODERATION).count() == 5


def test_only_what_the_filters_show_is_chosen_and_the_page_names_them(client):
    wanted = waiting_listings(5)
    others = waiting_listings(2)
    signed_in(client, "catalogue_moderator")
    since = clock.now() - timedelta(hours=30)
    Listing.objects.filter(pk__in=[one.pk for one in wanted]).update(submitted_at=since)

    choose_all(client, filters="work=late")

    run = BulkRun.objects.get()
    assert run.filters == "work=late"
    assert not run.rows.filter(thing_id__in=[str(one.pk) for one in others]).exists()
    assert run.total == 5


def test_it_is_started_with_one_reason_runs_and_is_told_when_it_is_done(client):
    waiting_listings(5)
    me = signed_in(client, "catalogue_moderator")
    choose_all(client, "reject")
    run = BulkRun.objects.get()

    assert decide(client, run, "start").status_code == 422
    assert "You may leave the page" in said(decide(client, run, "start", reason="No pictures."))
    assert page_of(client, run).context["page"].is_moving
    deliver_all()

    waiting.forget_unread(me.pk)
    assert waiting.unread(me.pk) == 1
    assert run.reference in client.get("/console/my-work/").content.decode()
    assert not page_of(client, run).context["page"].is_moving
    assert waiting.unread(me.pk) == 0
    assert set(Listing.objects.values_list("moderation_note", flat=True)) == {"No pictures."}


def test_a_prepared_answer_for_all_is_read_by_each_seller_in_their_own_language(client):
    listings = [*waiting_listings(2), *waiting_listings(2)]
    for listing, language in zip(listings[1:3], ("en", "sw"), strict=True):
        User.objects.filter(pk=owner_of(listing.seller_id)).update(language=language)
    texts = {"english": "{listing} is blurred.", "swahili": "{listing} haionekani."}
    macro = Macro.objects.create(kind="listings", name="Blurred", **texts)
    signed_in(client, "catalogue_moderator")
    choose_all(client, "reject")
    run = BulkRun.objects.get()
    inserted = reverse("admin:casework_bulkrun_prepared", args=[run.pk, "start", "them", macro.pk])

    assert f"them/{macro.pk}" in page_of(client, run).content.decode()
    assert client.get(inserted).json()["text"] == texts["english"]
    wrong = decide(client, run, "start", reason="{price} is wrong.", macro=str(macro.pk))
    assert wrong.status_code == 422
    decide(client, run, "start", reason=texts["english"], macro=str(macro.pk))
    deliver_all()

    notes = [Listing.objects.get(pk=one.pk).moderation_note for one in listings]
    own = [texts[language] for language in ("english", "english", "swahili", "swahili")]
    assert notes == [text.format(listing=one.sku) for text, one in zip(own, listings, strict=True)]
    macro.refresh_from_db()
    assert macro.times_used == 1
    assert texts["swahili"] in page_of(client, run).content.decode()


def test_a_decision_that_gives_no_reason_is_offered_no_prepared_answer(client):
    waiting_listings(5)
    macro = Macro.objects.filter(kind="listings").first()
    signed_in(client, "catalogue_moderator")
    choose_all(client, "approve")
    run = BulkRun.objects.get()
    inserted = reverse("admin:casework_bulkrun_prepared", args=[run.pk, "start", "them", macro.pk])

    assert "data-prepared" not in page_of(client, run).content.decode()
    assert client.get(inserted).status_code == 404


def test_the_outcome_leaves_as_csv_row_by_row_and_that_it_was_taken_is_an_event(client):
    listings = waiting_listings(5)
    signed_in(client, "catalogue_moderator")
    choose_all(client)
    run = BulkRun.objects.get()
    decide(client, run, "start")
    approve_listing(listing_id=listings[2].pk, actor=staff_actor())
    deliver_all()

    response = decide(client, run, "download")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Reference,Outcome,Reason,Decided"
    assert [line.split(",")[1] for line in lines[1:]] == ["Done", "Done", "Refused", "Done", "Done"]
    assert "Live" in lines[3]
    assert LoggedEvent.objects.filter(name="reports.list_exported.v1").count() == 1


def test_without_the_duty_of_many_the_list_has_to_be_filtered_as_before(client):
    waiting_listings(5)
    signed_in(client, "operations_agent")

    assert "More than 3 were chosen" in said(choose_all(client))

    assert not BulkRun.objects.exists()


def test_a_colleague_sees_it_and_neither_starts_nor_cancels_it(client):
    waiting_listings(5)
    signed_in(client, "catalogue_moderator")
    choose_all(client)
    run = BulkRun.objects.get()
    signed_in(client, "catalogue_moderator")

    assert page_of(client, run).status_code == 200
    refused = decide(client, run, "start")
    assert "Only who chose these rows" in said(refused)
    signed_in(client, "finance")
    assert page_of(client, run).status_code == 404
    assert decide(client, run, "start").status_code == 404
    assert BulkRun.objects.get().status == BulkStatus.DRAFT


def test_the_rest_is_cancelled_with_a_reason(client):
    waiting_listings(5)
    signed_in(client, "catalogue_moderator")
    choose_all(client)
    run = BulkRun.objects.get()
    decide(client, run, "start")

    decide(client, run, "cancel", reason="The wrong filter.")
    deliver_all()

    run.refresh_from_db()
    assert (run.status, run.done) == (BulkStatus.CANCELLED, 0)
    assert not Listing.objects.exclude(status=ListingStatus.IN_MODERATION).exists()


def test_failed_messages_of_a_list_are_sent_again_together(client):
    a_world()
    Message.objects.update(status=MessageStatus.FAILED)
    count = Message.objects.count()
    signed_in(client, "operations_lead")

    do(client, "notifications.message", "send_again", next="/console/notifications/message/?")
    run = BulkRun.objects.get()
    decide(client, run, "start")
    deliver_all()

    run.refresh_from_db()
    assert (run.total, run.done) == (count, count)
    assert not Message.objects.filter(status=MessageStatus.FAILED).exists()


def test_exceptions_and_suggestions_can_be_decided_in_the_background_too():
    names = {
        bulk.background
        for page in pages_by_model().values()
        if isinstance(page, WorkQueue)
        for bulk in page.bulk
        if bulk.background
    }

    assert names == {
        "listings.approve", "listings.reject", "exceptions.resolve", "suggestions.confirm",
    }  # fmt: skip


def test_its_page_asks_as_often_for_many_rows_as_for_few(client, django_assert_max_num_queries):
    waiting_listings(30)
    signed_in(client, "catalogue_moderator")
    choose_all(client)
    run = BulkRun.objects.get()
    page_of(client, run)

    with django_assert_max_num_queries(QUERIES_MAX):
        page_of(client, run)


def test_resolving_exceptions_asks_for_the_way_and_a_reason(client):
    a_world()
    person = a_staff_member("finance")
    run = BulkRun.objects.create(
        action="exceptions.resolve", total=1, requested_by=person, requested_at=person.date_joined
    )
    client.force_login(person)

    form = next(
        one["form"]
        for one in page_of(client, run).context["decisions"]
        if one["decision"].name == "start"
    )

    assert list(form.fields) == ["resolution", "reason"]

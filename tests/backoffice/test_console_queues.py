"""Working through a queue: the clock, whose a case is, the next one, conflicts, many at once, views."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.models import PapersQueue, ShipmentQueue
from backoffice.queues.listings import ModerationQueueAdmin
from backoffice.work import presence
from backoffice.work.shape import WorkQueue
from marketplace.casework.models import SavedView, Work
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.orders.models import SellerOrder
from marketplace.sellers.commands import claim_application
from marketplace.sellers.models import KycDocument
from marketplace.shared import clock
from marketplace.shared.ids import uuid7
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, list_address, said, signed_in
from tests.factories.accounts import a_staff_member, staff_actor
from tests.factories.console import a_world
from tests.factories.listings import a_listing
from tests.factories.sellers import a_seller, a_submitted_application

pytestmark = pytest.mark.django_db
QUEUE = "backoffice.moderationqueue"


def waiting_listing(hours: int = 1) -> Listing:
    since = clock.now() - timedelta(hours=hours)
    return a_listing(status=ListingStatus.IN_MODERATION, submitted_at=since)


def shown(client, **filters) -> list[str]:
    rows = client.get(list_address(QUEUE), filters).context["cl"].result_list
    return [row.reference for row in rows]


def page_of(thing) -> str:
    meta = type(thing)._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])


def together(client, name, rows, **answers):
    address = reverse("admin:backoffice_moderationqueue_many", args=[name])
    return client.post(address, {"chosen": [row.pk for row in rows], **answers})


# --- The clock ---


def test_the_oldest_stands_first_and_late_ones_are_counted_in_red(client):
    late, young = waiting_listing(hours=30), waiting_listing(hours=2)
    signed_in(client, "catalogue_moderator")

    response = client.get(list_address(QUEUE))

    figures = {str(one["label"]): one for one in response.context["strip"]}
    assert shown(client) == [late.reference, young.reference]
    assert shown(client, work="late") == [late.reference]
    assert figures["Waiting"]["value"] == 2
    assert figures["Late"]["value"] == 1
    assert figures["Late"]["urgent"]
    assert "zt-late" in response.content.decode()


# --- Whose it is ---


def test_a_case_is_taken_shown_to_colleagues_and_put_back(client):
    listing = waiting_listing()
    me = signed_in(client, "catalogue_moderator")

    decide(client, listing, "claim")

    assert shown(client, work="mine") == [listing.reference]
    assert shown(client, work="free") == []
    assert me.name in client.get(page_of(listing)).content.decode()
    decide(client, listing, "release")
    assert shown(client, work="free") == [listing.reference]


def test_a_case_is_given_only_to_who_has_the_duty(client):
    listing, stranger = waiting_listing(), a_staff_member("finance")
    signed_in(client, "catalogue_moderator")

    response = decide(client, listing, "assign", assignee=str(stranger.pk))

    assert response.status_code == 422
    assert not Work.objects.exists()


def test_a_case_put_aside_is_out_of_the_way_until_its_time(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")

    decide(client, listing, "snooze", until="tomorrow", reason="The seller sends a picture.")

    assert shown(client) == []
    assert shown(client, work="snoozed") == [listing.reference]
    Work.objects.update(snoozed_until=clock.now() - timedelta(seconds=1))
    assert shown(client) == [listing.reference]


def test_who_looks_at_a_case_is_seen_by_others_and_forgotten_when_they_leave(client):
    listing = waiting_listing()
    address = reverse("admin:presence", args=["listing", listing.pk])
    signed_in(client, "catalogue_moderator")
    client.post(address)
    other = a_staff_member("catalogue_moderator")

    assert presence.look("listing", str(listing.pk), user_id=other.pk, name=other.name)
    assert client.post(address).json() == {"others": [other.name]}
    assert other.name in client.get(list_address(QUEUE)).content.decode()
    presence.leave("listing", str(listing.pk), user_id=other.pk, name=other.name)
    assert client.post(address).json() == {"others": []}


def test_who_may_not_see_a_thing_hears_nothing_of_who_looks_at_it(client):
    signed_in(client, "finance")

    address = reverse("admin:presence", args=["listing", waiting_listing().pk])
    assert client.post(address).status_code == 403
    assert client.post(reverse("admin:presence", args=["nothing", "x"])).status_code == 404


# --- Deciding ---


def test_after_a_verdict_the_next_case_of_the_filtered_list_opens(client):
    first, other_sku, third = waiting_listing(9), waiting_listing(8), waiting_listing(7)
    signed_in(client, "catalogue_moderator")
    way = f"{page_of(first)}?queue=moderationqueue&filters=q%3D{third.reference}"

    response = decide(client, first, "approve", next=way)

    assert str(third.pk) in response["Location"]
    assert "queue=moderationqueue" in response["Location"]
    assert str(other_sku.pk) in decide(client, third, "approve")["Location"]


def test_a_case_is_read_once_together_with_its_place_in_the_queue(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")

    with CaptureQueriesContext(connection) as asked:
        assert "since today" in client.get(page_of(listing)).content.decode()

    rows = 'SELECT "listings_listing"."id"'
    assert [one["sql"][:30] for one in asked.captured_queries].count(rows) == 1


def test_a_case_of_another_or_put_aside_is_not_the_next(client):
    first, theirs, aside = waiting_listing(9), waiting_listing(8), waiting_listing(7)
    signed_in(client, "catalogue_moderator")
    decide(client, theirs, "claim")
    decide(client, aside, "snooze", until="hours", reason="Later.")
    signed_in(client, "catalogue_moderator")

    assert decide(client, first, "approve")["Location"] == list_address(QUEUE)


def test_a_verdict_can_be_taken_back_where_the_domain_allows_it(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")

    response = decide(client, listing, "approve")

    assert reverse("admin:listings_listing_decide", args=[listing.pk, "moderate"]) in said(response)
    decide(client, listing, "moderate", reason="Too quick.")
    assert shown(client) == [listing.reference]


# --- Many at once ---


def test_several_are_previewed_and_rejected_for_one_reason_and_refusals_are_named(client):
    rows = [waiting_listing(), waiting_listing()]
    signed_in(client, "catalogue_moderator")

    assert "What was chosen" in together(client, "reject", rows).content.decode()
    assert Listing.objects.filter(status=ListingStatus.IN_MODERATION).count() == 2
    response = together(client, "reject", rows, decided=1, reason="No warranty is named.")

    assert "2 are done." in said(response)
    assert Listing.objects.filter(status=ListingStatus.REJECTED).count() == 2


def test_before_many_are_decided_it_says_what_happens_to_how_many_and_who_is_left_out_and_why(
    client,
):
    free, taken = a_submitted_application(), a_submitted_application()
    colleague = staff_actor(a_staff_member("operations_agent", name="Neema Swai"))
    claim_application(application_id=taken.pk, actor=colleague)
    signed_in(client, "operations_agent")

    def previewed(*chosen):
        address = reverse("admin:backoffice_applicationqueue_many", args=["claim"])
        return client.post(address, {"chosen": chosen})

    page = previewed(free.pk, taken.pk, uuid7())
    told = page.content.decode()
    assert page.context["effect"] == "1 application is yours to decide."
    assert "1 that you chose does not wait any more" in told
    assert [taken.reference in str(what) and "Neema Swai" in why
            for what, why in page.context["left_out"].rows] == [True]  # fmt: skip
    assert [row.pk for row in page.context["rows"]] == [free.pk]
    free.refresh_from_db()
    assert (free.status, free.reviewer) == ("submitted", None)
    assert "None of them can be decided so" in previewed(taken.pk).content.decode()


def test_every_decision_about_many_says_of_how_many_and_what_refuses_is_red():
    bulks = {one for queue in admin.site._registry.values() if isinstance(queue, WorkQueue)
             for one in queue.together()}  # fmt: skip

    assert all("7" in one.says(7) and one.says(1) != one.says(7) for one in bulks)
    red = {one.name for one in bulks if one.is_danger}
    assert red == {"reject", "refuse", "discard", "give_up"}


def test_more_than_can_be_decided_in_one_go_are_refused(client, monkeypatch):
    monkeypatch.setattr("backoffice.queues.listings.ModerationQueueAdmin.bulk", _tiny())
    rows = [waiting_listing() for _ in range(3)]
    signed_in(client, "catalogue_moderator")

    assert "More than 2 were chosen" in said(together(client, "approve", rows, decided=1))
    assert "More than 2 were chosen" in said(together(client, "approve", [], all=1, decided=1))
    assert Listing.objects.filter(status=ListingStatus.IN_MODERATION).count() == 3


def _tiny():
    return tuple(replace(one, at_most=2) for one in ModerationQueueAdmin.bulk)


# --- Views ---


def test_a_filtered_list_is_saved_under_a_name_and_shared(client):
    signed_in(client, "catalogue_moderator")
    address = reverse("admin:backoffice_moderationqueue_save_view")

    client.post(
        address,
        {"name": "Late ones", "is_shared": "on", "next": f"{list_address(QUEUE)}?work=late"},
    )

    signed_in(client, "catalogue_moderator")
    response = client.get(list_address(QUEUE))
    assert [one["link"] for one in response.context["views"]] == ["?work=late"]
    view = SavedView.objects.get()
    client.post(reverse("admin:backoffice_moderationqueue_delete_view", args=[view.pk]))
    assert SavedView.objects.exists()
    signed_in(client, "finance")
    assert client.post(address, {"name": "Mine"}).status_code == 403


# --- All queues ---


def test_every_queue_says_what_its_cases_are_and_how_long_they_may_wait():
    a_world()
    queues = [one for one in admin.site._registry.values() if isinstance(one, WorkQueue)]

    assert len(queues) >= 10
    for queue in queues:
        assert queue.kind, queue
        assert queue.duty, queue
        assert queue.waiting().filter(queue.late(clock.now())).count() >= 0
        for row in queue.waiting()[:1]:
            assert queue.due()(row) > queue.case_of(row).entered_at
    assert LoggedEvent.objects.exists()


# --- What else waits ---


def test_what_sellers_have_not_sent_is_chased_after_a_day_and_late_after_two(client):
    part = a_world().seller_order
    pages = admin.site._registry[ShipmentQueue]
    signed_in(client, "operations_agent")

    def found(hours: int) -> tuple[int, int]:
        ordered = clock.now() - timedelta(hours=hours)
        SellerOrder.objects.filter(pk=part.pk).update(status="to_ship", placed_at=ordered)
        rows = pages.waiting()
        return rows.count(), rows.filter(pages.late(clock.now())).count()

    assert [found(20), found(30), found(50)] == [(0, 0), (1, 0), (1, 1)]
    assert part.reference in client.get(list_address("backoffice.shipmentqueue")).content.decode()


def test_a_sellers_paper_is_asked_for_before_it_expires_and_late_once_it_has(client):
    document = a_submitted_application().documents.first()
    KycDocument.objects.update(application=a_seller().application)
    pages = admin.site._registry[PapersQueue]
    signed_in(client, "operations_agent")

    def found(days: int) -> tuple[int, int]:
        KycDocument.objects.filter(pk=document.pk).update(
            expires_on=clock.today() + timedelta(days=days), status="accepted"
        )
        rows = pages.waiting()
        return rows.count(), rows.filter(pages.late(clock.now())).count()

    assert [found(40), found(20), found(-1)] == [(0, 0), (1, 0), (1, 1)]
    assert document.reference in client.get(list_address("backoffice.papersqueue")).content.decode()


def test_a_paper_waits_since_its_last_month_began_and_is_due_at_the_end_of_its_last_day(client):
    document = a_submitted_application().documents.first()
    KycDocument.objects.update(application=a_seller().application, status="accepted")
    today = clock.today()
    KycDocument.objects.filter(pk=document.pk).update(
        uploaded_at=clock.now() - timedelta(days=300), expires_on=today + timedelta(days=20)
    )
    pages = admin.site._registry[PapersQueue]

    row = pages.marked(KycDocument.objects).get(pk=document.pk)

    assert pages.waits_since(row) == clock.midnight(today - timedelta(days=10))
    assert clock.midnight(today + timedelta(days=21)) - pages.due_of(row) == timedelta(minutes=1)
    KycDocument.objects.filter(pk=document.pk).update(uploaded_at=clock.now())
    row.refresh_from_db(fields=["uploaded_at"])
    assert pages.waits_since(row) == row.uploaded_at


# --- My work ---


def test_my_work_shows_my_cases_and_the_notes_that_name_me_until_i_looked(client):
    mine, theirs = waiting_listing(), waiting_listing()
    colleague = type(client)()
    signed_in(colleague, "catalogue_moderator")
    decide(colleague, theirs, "claim")
    me = signed_in(client, "catalogue_moderator")
    decide(client, mine, "claim")
    decide(colleague, theirs, "note", note=f"@{me.name} is this brand real?")

    page = client.get(reverse("admin:my_work")).content.decode()
    assert mine.reference in page
    assert "is this brand real?" in page
    assert "not yet" in page

    client.post(reverse("admin:presence", args=["listing", theirs.pk]))
    assert "not yet" not in client.get(reverse("admin:my_work")).content.decode()


def test_the_sidebar_counts_unread_mentions_and_reddens_where_something_is_late(client):
    listing = waiting_listing(hours=30)
    colleague = type(client)()
    signed_in(colleague, "catalogue_moderator")
    me = signed_in(client, "catalogue_moderator")
    decide(colleague, listing, "note", note=f"@{me.name}")

    sidebar = client.get(list_address(QUEUE)).context["sidebar_navigation"]

    badge = r'<span>{}</span><span class="sidebar-badge ([^"]+)">1</span>'
    assert "bg-primary" in re.search(badge.format("My work"), sidebar)[1]
    assert "bg-red" in re.search(badge.format("Listings to moderate"), sidebar)[1]


# --- Times ---


def test_the_time_of_a_queue_is_set_on_its_page_with_a_reason(client):
    listing = waiting_listing(hours=10)
    address = reverse("admin:queue_times")
    signed_in(client, "operations_lead")

    assert client.get(address).status_code == 200
    client.post(address, {"queue": "listings", "hours": 8, "reason": ""})
    assert shown(client, work="late") == []
    client.post(address, {"queue": "listings", "hours": 8, "reason": "Promised to sellers."})

    assert shown(client, work="late") == [listing.reference]
    event = LoggedEvent.objects.get(name="casework.queue_time_set.v1")
    assert (event.before, event.after) == ({"hours": 24}, {"hours": 8})
    signed_in(client, "catalogue_moderator")
    refused = client.post(address, {"queue": "listings", "hours": 9, "reason": "Mine."})
    assert refused.status_code == 403

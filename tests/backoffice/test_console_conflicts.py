"""Two on one case, words too long or hostile, a role that is gone: nothing is decided blindly or lost."""

from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace.casework.models import Note
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.shared import clock
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, signed_in
from tests.factories.listings import a_listing
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def waiting_listing(hours: int = 1) -> Listing:
    since = clock.now() - timedelta(hours=hours)
    return a_listing(status=ListingStatus.IN_MODERATION, submitted_at=since)


def page_of(thing) -> str:
    meta = type(thing)._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])


def seen(client, thing) -> int:
    return client.get(page_of(thing)).context["seen"]


def test_a_decision_on_what_moved_meanwhile_says_what_changed_and_keeps_the_words(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")
    mine = seen(client, listing)
    colleague = type(client)()
    signed_in(colleague, "catalogue_moderator")
    decide(colleague, listing, "note", note="The brand is forged.")

    response = decide(client, listing, "reject", reason="A blurred picture.", seen=mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Note written" in page
    assert "A blurred picture." in page
    listing.refresh_from_db()
    assert listing.status == ListingStatus.IN_MODERATION

    again = response.context["seen"]
    assert decide(client, listing, "reject", reason="Blurred.", seen=again).status_code == 302


def test_a_decision_that_a_colleague_made_is_not_made_again(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")
    mine = seen(client, listing)
    colleague = type(client)()
    signed_in(colleague, "catalogue_moderator")
    decide(colleague, listing, "approve")

    response = decide(client, listing, "reject", reason="A blurred picture.", seen=mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert not response.context["is_possible"]
    assert "A blurred picture." in page
    listing.refresh_from_db()
    assert listing.status == ListingStatus.LIVE


def test_ones_own_doings_are_no_conflict(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")
    mine = seen(client, listing)
    decide(client, listing, "claim")
    decide(client, listing, "note", note="Looks well.")

    assert decide(client, listing, "approve", seen=mine).status_code == 302


def test_a_refused_decision_keeps_what_was_typed(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")
    decide(client, listing, "approve")

    response = decide(client, listing, "reject", reason="A blurred picture.")

    assert response.status_code == 409
    assert "A blurred picture." in response.content.decode()


def test_a_note_with_a_script_is_only_words(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")

    decide(client, listing, "note", note="<script>alert(1)</script> @nobody")

    page = client.get(page_of(listing)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_book_for_a_note_is_refused_clearly(client):
    listing = waiting_listing()
    signed_in(client, "catalogue_moderator")

    assert decide(client, listing, "note", note="x" * 5000).status_code == 422
    assert decide(client, listing, "note", note="x" * 10_000_000).status_code in (400, 413)
    assert not Note.objects.exists()


def test_who_lost_the_role_meanwhile_is_refused(client):
    listing = waiting_listing()
    person = signed_in(client, "catalogue_moderator")
    mine = seen(client, listing)
    person.groups.clear()

    assert decide(client, listing, "approve", seen=mine).status_code == 403
    assert decide(client, listing, "claim").status_code == 403
    listing.refresh_from_db()
    assert listing.status == ListingStatus.IN_MODERATION


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_the_same_moment_one_decides_and_the_other_is_told(client):
    listing = waiting_listing()
    colleague = type(client)()
    signed_in(client, "catalogue_moderator")
    signed_in(colleague, "catalogue_moderator")
    mine, theirs = seen(client, listing), seen(colleague, listing)

    first, second = at_once(
        lambda: decide(client, listing, "approve", seen=mine),
        lambda: decide(colleague, listing, "reject", seen=theirs, reason="A blurred picture."),
    )

    verdicts = LoggedEvent.objects.filter(
        name="listings.status_changed.v1", aggregate_id=str(listing.pk)
    )
    assert verdicts.count() == 1
    assert sorted([first.status_code, second.status_code]) in ([302, 302], [302, 409])
    if second.status_code == 409:
        assert "A blurred picture." in second.content.decode()
    else:
        assert Listing.objects.get(pk=listing.pk).status == ListingStatus.REJECTED

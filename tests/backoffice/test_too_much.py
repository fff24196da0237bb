"""More than we take, and less than one may: a paste of ten megabytes, a duty taken away in the middle of work."""

import pytest
from django import forms
from django.conf import settings as configured

from backoffice.pages.forms import LongWords, ReasonForm
from backoffice.work.many import Many
from marketplace.casework.models import Note
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, list_address, pages_by_model, signed_in
from tests.factories.listings import a_listing

pytestmark = pytest.mark.django_db
TEN_MEGABYTES = "x" * 10 * 1024 * 1024


def a_waiting_listing() -> Listing:
    return a_listing(status=ListingStatus.IN_MODERATION)


# --- Too much ---


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Nothing was saved or decided. Go back with your browser"),
        ("sw", "Hakuna kilichohifadhiwa wala kuamuliwa. Rudi nyuma kwa kivinjari chako"),
    ],
)
def test_a_form_beyond_the_limit_is_answered_with_what_was_too_large_and_changes_nothing(
    client, settings, language, said
):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
    listing = a_waiting_listing()
    signed_in(client, "catalogue_moderator")
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = language
    before = LoggedEvent.objects.count()

    response = decide(client, listing, "reject", reason=TEN_MEGABYTES)

    page = response.content.decode().replace("\xa0", " ")
    assert response.status_code == 413
    # "10.0 MB", "MB 10.0".
    assert "10.0" in page
    assert "2.0" in page
    assert said in page
    assert TEN_MEGABYTES[:100] not in page
    listing.refresh_from_db()
    assert listing.status == ListingStatus.IN_MODERATION
    assert LoggedEvent.objects.count() == before


def test_what_a_browser_may_send_at_most_is_far_below_ten_megabytes_of_text_in_one_field(client):
    """Within the limit of the request the field itself says no, by its name, and keeps the text."""
    listing = a_waiting_listing()
    signed_in(client, "catalogue_moderator")

    response = decide(client, listing, "reject", reason="y" * 5_000)

    page = response.content.decode()
    assert response.status_code == 422
    assert "“Reason” takes at most 300 characters; this has 5,000." in page
    assert "y" * 5_000 in page


def test_too_many_fields_are_too_much_as_well(client):
    signed_in(client, "catalogue_moderator")
    address = f"{list_address('backoffice.moderationqueue')}many/approve/"

    response = client.post(address, {f"field-{number}": "1" for number in range(1_001)})

    assert response.status_code == 413
    assert "choose fewer rows at a time" in response.content.decode()


def test_a_note_of_ten_megabytes_is_refused_and_none_is_kept(client):
    listing = a_waiting_listing()
    signed_in(client, "catalogue_moderator")

    response = decide(client, listing, "note", note=TEN_MEGABYTES)

    assert response.status_code in (413, 422)
    assert not Note.objects.exists()


def test_every_text_of_every_decision_has_a_limit():
    asked = {
        (label, decision.name): decision.form
        for label, page in pages_by_model().items()
        for decision in (*page.decisions, *page.above_the_list)
        if decision.form is not None
    }
    asked |= {
        (label, bulk.name): bulk.form
        for label, page in pages_by_model().items()
        if isinstance(page, Many)
        for bulk in page.together()
        if isinstance(bulk.form, type)
    }
    unlimited = [
        f"{label}:{name}.{field_name}"
        for (label, name), form in asked.items()
        for field_name, field in form.base_fields.items()
        if type(field) is forms.CharField or isinstance(field, LongWords)
        if field.max_length is None
    ]

    assert asked
    assert unlimited == []
    assert 'maxlength="300"' in ReasonForm().as_p()


# --- Less than before ---


def test_who_loses_a_duty_in_the_middle_of_work_decides_nothing_with_the_next_click(client):
    listing = a_waiting_listing()
    person = signed_in(client, "catalogue_moderator")
    page = f"/console/listings/listing/{listing.pk}/change/"
    assert client.get(page).status_code == 200
    before = LoggedEvent.objects.count()

    person.groups.clear()
    decided = decide(client, listing, "approve", next=page)
    together = client.post(
        f"{list_address('backoffice.moderationqueue')}many/approve/",
        {"chosen": [listing.pk], "decided": "1"},
    )

    for response in (decided, together, client.get(page)):
        assert response.status_code == 403
        assert "This is not yours to open" in response.content.decode()
    listing.refresh_from_db()
    assert listing.status == ListingStatus.IN_MODERATION
    assert LoggedEvent.objects.count() == before


def test_who_is_no_member_of_staff_any_more_is_led_to_the_door(client):
    listing = a_waiting_listing()
    person = signed_in(client, "catalogue_moderator")

    type(person).objects.filter(pk=person.pk).update(is_active=False)
    response = decide(client, listing, "approve")

    assert response.status_code == 302
    assert "login" in response["Location"]
    listing.refresh_from_db()
    assert listing.status == ListingStatus.IN_MODERATION

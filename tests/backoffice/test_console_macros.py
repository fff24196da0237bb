"""Prepared answers: written by a lead in both languages, inserted in the reader's, and never sent unread."""

import pytest
from django.urls import reverse

from backoffice.pages.forms import REASON_MAX
from marketplace.accounts.models import User
from marketplace.casework.macros import checked
from marketplace.casework.models import Macro
from marketplace.disputes.models import DisputeMessage
from marketplace.listings.models import Listing
from marketplace.listings.states import ListingStatus
from marketplace.sellers.queries import owner_of
from marketplace.shared.models import LoggedEvent
from tests.backoffice.console_pages import decide, do, list_address, signed_in
from tests.factories.disputes import an_open_dispute
from tests.factories.listings import a_listing
from tests.factories.reviews import a_review
from tests.factories.sellers import a_submitted_application

pytestmark = pytest.mark.django_db
SAVED = {
    "name": "Thank the buyer",
    "suits": "disputes:damaged",
    "english": "Hello {name}, thank you for the photos of {order}. {me}",
    "swahili": "Habari {name}, asante kwa picha za {order}. {me}",
    "is_active": "on",
}


def text_of(client, thing, macro, reader="buyer", decision="reply"):
    meta = thing._meta
    name = f"admin:{meta.app_label}_{meta.model_name}_prepared"
    return client.get(reverse(name, args=[thing.pk, decision, reader, macro.pk]))


def test_a_lead_writes_one_in_both_languages_and_an_agent_does_not(client):
    signed_in(client, "operations_agent")
    assert do(client, "casework.macro", "add", **SAVED).status_code == 403

    signed_in(client, "operations_lead")
    do(client, "casework.macro", "add", **SAVED)
    macro = Macro.objects.get(name=SAVED["name"])
    decide(client, macro, "edit", **SAVED | {"english": "Hi {name}."})

    macro.refresh_from_db()
    assert macro.english == "Hi {name}."
    events = LoggedEvent.objects.filter(name="casework.macro_saved.v1").order_by("id")
    assert [event.after["english"] for event in events] == [SAVED["english"], "Hi {name}."]
    assert client.get(list_address("casework.macro")).status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"english": "Pay {price} now"}, "is not known"),
        ({"suits": "listings:"}, "is not known"),
        ({"suits": "elsewhere:"}, "Select a valid choice"),
        ({"swahili": "Habari {name"}, "brace"),
        ({"swahili": ""}, ""),
        ({"name": "We need a little longer"}, "of this name already"),
        ({"suits": "listings:", "english": "x" * 301, "swahili": "x"}, "300 characters; with"),
        ({"suits": "applications:", "english": "x", "swahili": "{shop}" * 11}, "300 characters;"),
    ],
)
def test_what_could_not_be_filled_in_is_refused_and_kept_in_the_form(client, changed, said):
    signed_in(client, "operations_lead")

    answer = do(client, "casework.macro", "add", **SAVED | changed)

    assert not Macro.objects.filter(english=SAVED["english"]).exists()
    assert said in answer.content.decode()
    assert "Thank the buyer" in answer.content.decode() or "name" in changed


def test_it_reads_in_the_language_of_whom_it_is_for_with_all_filled_in(client):
    dispute = an_open_dispute()
    User.objects.filter(pk=dispute.buyer_id).update(language="sw", name="Asha Mushi")
    me = signed_in(client, "operations_agent")
    macro = Macro.objects.create(**{key: SAVED[key] for key in ("name", "english", "swahili")})

    buyer, seller = text_of(client, dispute, macro), text_of(client, dispute, macro, "seller")

    order = dispute.seller_order.order.reference
    assert buyer.json() == {
        "text": f"Habari Asha, asante kwa picha za {order}. {me.name}",
        "language": "sw",
    }
    assert seller.json()["text"].startswith("Hello ")
    assert "{" not in seller.json()["text"]


def test_what_a_person_calls_themselves_is_never_looked_up(client):
    dispute = an_open_dispute()
    User.objects.filter(pk=dispute.buyer_id).update(name="{me.password} {shop}")
    signed_in(client, "operations_agent")
    macro = Macro.objects.create(name="x", english="Hello {name}", swahili="Habari {name}")

    assert text_of(client, dispute, macro).json()["text"] == "Hello {me.password}"


def test_those_for_the_reason_stand_first_and_of_those_the_most_used(client):
    dispute = an_open_dispute()
    signed_in(client, "operations_agent")
    used = Macro.objects.create(name="Often", english="a", swahili="b", reason="damaged")
    decide(client, dispute, "reply", body="Edited by me.", macro=str(used.pk))
    Macro.objects.create(name="Not here", english="a", swahili="b", reason="counterfeit")

    page = client.get(reverse("admin:disputes_dispute_change", args=[dispute.pk])).content.decode()

    used.refresh_from_db()
    assert used.times_used == 1
    assert DisputeMessage.objects.filter(body="Edited by me.").exists()
    first, later = page.index("Often"), page.index("Ask for photos of the unboxing")
    assert first < later < page.index("We need a little longer")
    assert "Not here" not in page


def test_nobody_reads_one_who_may_not_write_in_the_case_nor_one_that_is_withdrawn(client):
    dispute, macro = an_open_dispute(), Macro.objects.first()
    signed_in(client, "support")
    assert text_of(client, dispute, macro).status_code == 403
    signed_in(client, "operations_agent")
    assert text_of(client, dispute, macro, "staff").status_code == 404
    Macro.objects.filter(pk=macro.pk).update(is_active=False)
    assert text_of(client, dispute, macro).status_code == 404


# --- At the other desks ---


def at_the_desks():
    """(kind, thing, decision, form field, who reads it) of every desk that writes to somebody."""
    application = a_submitted_application()
    listing = a_listing(status=ListingStatus.IN_MODERATION)
    review = a_review()
    return [
        ("applications", application, "request-information", application.applicant),
        ("listings", listing, "reject", User.objects.get(pk=owner_of(listing.seller_id))),
        ("reviews", review, "reject", review.buyer),
    ]


def test_other_desks_have_their_own_and_read_them_in_the_language_of_who_is_told(client):
    signed_in(client, "administrator")
    for kind, thing, decision, reader in at_the_desks():
        User.objects.filter(pk=reader.pk).update(language="sw")
        for macro in Macro.objects.filter(kind=kind):
            said = text_of(client, thing, macro, "them", decision).json()
            assert said["language"] == "sw"
            assert not set("{}…") & set(said["text"]), macro.name
        assert text_of(client, thing, macro, "buyer", decision).status_code == 404
        other = Macro.objects.exclude(kind=kind).first()
        assert text_of(client, thing, other, "them", decision).status_code == 404


def test_the_dialog_of_a_decision_offers_them_and_what_was_sent_counts(client):
    listing = a_listing(status=ListingStatus.IN_MODERATION)
    signed_in(client, "catalogue_moderator")
    macro = Macro.objects.get(name="The price cannot be right")
    address = reverse("admin:listings_listing_change", args=[listing.pk])

    page = client.get(address).content.decode()
    decide(client, listing, "reject", reason="One zero too many", macro=str(macro.pk))

    assert f"them/{macro.pk}" in page
    assert "We need a little longer" not in page
    macro.refresh_from_db()
    assert macro.times_used == 1
    listing.refresh_from_db()
    assert listing.moderation_note == "One zero too many"


def test_a_decision_that_was_refused_or_began_with_nothing_counts_for_none(client):
    listing = a_listing(status=ListingStatus.IN_MODERATION)
    signed_in(client, "catalogue_moderator")
    macro = Macro.objects.filter(kind="listings").first()

    decide(client, listing, "reject", reason="", macro=str(macro.pk))
    decide(client, listing, "reject", reason="Blurred", macro="not an id")

    macro.refresh_from_db()
    assert macro.times_used == 0
    assert Listing.objects.get().status == ListingStatus.REJECTED


# --- For many at once ---


def many(client, queue, name, things, **answers):
    chosen = {"chosen": [str(one.pk) for one in things], **answers}
    return client.post(reverse(f"admin:backoffice_{queue}_many", args=[name]), chosen)


def two_that_wait(language="sw"):
    """Two listings, the second of a seller who reads another language than the first."""
    listings = [a_listing(status=ListingStatus.IN_MODERATION) for _number in range(2)]
    User.objects.filter(pk=owner_of(listings[0].seller_id)).update(language="en")
    User.objects.filter(pk=owner_of(listings[1].seller_id)).update(language=language)
    return listings


def a_macro(**more):
    texts = {"english": "{listing} is blurred.", "swahili": "{listing} haionekani."}
    return Macro.objects.create(kind="listings", name="Blurred", **texts | more)


def test_many_are_rejected_by_one_answer_that_each_seller_reads_in_their_own_language(client):
    listings, macro = two_that_wait(), a_macro()
    signed_in(client, "catalogue_moderator")
    inserted = reverse("admin:backoffice_moderationqueue_many_prepared", args=["reject", macro.pk])

    page = many(client, "moderationqueue", "reject", listings).content.decode()
    text = client.get(inserted).json()["text"]
    answers = {"decided": "1", "reason": text, "macro": str(macro.pk)}
    many(client, "moderationqueue", "reject", listings, **answers)

    assert f"them/{macro.pk}" in page
    assert text == "{listing} is blurred."
    english, swahili = (Listing.objects.get(pk=one.pk) for one in listings)
    assert english.moderation_note == f"{english.sku} is blurred."
    assert swahili.moderation_note == f"{swahili.sku} haionekani."
    macro.refresh_from_db()
    assert macro.times_used == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("{listing} is too dark.", ""),
        ("{price} is wrong.", "is not known"),
        ("Braces {", "brace"),
        ("x" * 295 + "{listing}", "300 characters"),
    ],
)
def test_what_is_changed_for_many_is_filled_in_or_refused_before_any_is_decided(
    client, reason, said
):
    listings, macro = two_that_wait(), a_macro()
    signed_in(client, "catalogue_moderator")

    answers = {"decided": "1", "reason": reason, "macro": str(macro.pk)}
    response = many(client, "moderationqueue", "reject", listings, **answers)

    notes = [Listing.objects.get(pk=one.pk).moderation_note for one in listings]
    if said:
        assert notes == ["", ""]
        assert said in response.content.decode()
        assert f'name="macro" value="{macro.pk}"' in response.content.decode()
    else:
        assert notes == [f"{one.sku} is too dark." for one in listings]


def test_braces_that_nobody_inserted_stay_and_who_may_not_decide_reads_no_answer(client):
    listings, macro = two_that_wait(), a_macro()
    inserted = reverse("admin:backoffice_moderationqueue_many_prepared", args=["reject", macro.pk])
    signed_in(client, "support")
    assert client.get(inserted).status_code == 403
    signed_in(client, "catalogue_moderator")
    other = Macro.objects.exclude(kind="listings").first()
    assert client.get(inserted.replace(str(macro.pk), str(other.pk))).status_code == 404

    many(client, "moderationqueue", "reject", listings, decided="1", reason="A {brace}")

    assert {Listing.objects.get(pk=one.pk).moderation_note for one in listings} == {"A {brace}"}


def test_many_reviews_are_offered_what_suits_all_of_them(client):
    reviews = [a_review(), a_review()]
    signed_in(client, "catalogue_moderator")

    page = many(client, "reviewqueue", "refuse", reviews).content.decode()

    assert "It is not about the goods" in page
    assert "The answer tells who the buyer is" not in page


def test_all_that_are_there_from_the_beginning_fit_into_the_box_that_they_are_for():
    for macro in Macro.objects.exclude(reason="information").exclude(kind="disputes"):
        for text in (macro.english, macro.swahili):
            assert len(checked(text, macro.kind, macro.reason)) < REASON_MAX - 60, macro.name
